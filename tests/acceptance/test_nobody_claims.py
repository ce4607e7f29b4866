"""Nobody of the centre takes an incident: every dispatcher is called, then the supervisors, until somebody has it."""

import pytest

from carecircle_alerts.desk import Actor
from tests.acceptance.conftest import Story


def _called(story: Story, account: str) -> list[str]:
    return [one.step.split("_")[0] for one in story.phone.told("dispatcher", account)]


@pytest.fixture
def waits(story: Story) -> Story:
    """A bed whose nearest responder is asked and has yet to answer, so that nothing but claiming is open."""
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    story.scene.run(
        "insert into plan_setting (kind, settings, reason, by_name, at) values ('help', %s, '测试', '测试', now())",
        '{"no_accept_s": 3600}',
    )
    return story


async def test_dispatchers_are_called_first_and_supervisors_a_minute_later(waits: Story) -> None:
    here = str(waits.scene.account("zhao", webhook="http://phone"))
    other = str(waits.scene.account("qian", webhook="http://phone"))
    boss = str(waits.scene.account("sun", "supervisor", webhook="http://phone"))
    incident = await waits.press("bed-1")
    await waits.forward(seconds=59)
    assert waits.phone.told("dispatcher") == []
    await waits.forward(seconds=1)
    assert (_called(waits, here), _called(waits, other), _called(waits, boss)) == (["unclaimed"], ["unclaimed"], [])
    assert waits.level(incident) == 1
    await waits.forward(seconds=59)
    assert _called(waits, boss) == []
    await waits.forward(seconds=1)
    assert _called(waits, boss) == ["supervisor"]
    assert _called(waits, here) == ["unclaimed", "supervisor"]
    assert waits.level(incident) == 2
    assert "请主管处理" in waits.phone.told("dispatcher", boss)[0].text
    await waits.forward(minutes=5)
    assert _called(waits, boss).count("supervisor") > 2, "again until somebody has taken it"


async def test_who_claims_after_the_first_call_spares_the_supervisors(waits: Story) -> None:
    here = Actor("account", str(waits.scene.account("zhao", webhook="http://phone")), "赵调度")
    boss = str(waits.scene.account("sun", "supervisor", webhook="http://phone"))
    incident = await waits.press("bed-1")
    await waits.forward(seconds=70)
    await waits.desk.acknowledge(incident, here)
    await waits.forward(minutes=10)
    assert _called(waits, here.id) == ["unclaimed"]
    assert _called(waits, boss) == []


@pytest.mark.parametrize("why", ["none", "disabled", "unreachable", "elsewhere"])
async def test_where_no_dispatcher_can_be_reached_the_supervisors_are_called_at_once(waits: Story, why: str) -> None:
    boss = str(waits.scene.account("sun", "supervisor", webhook="http://phone"))
    match why:
        case "disabled":
            waits.scene.account("zhao", webhook="http://phone")
            waits.scene.run("update account set disabled_at = now() where login = 'zhao'")
        case "unreachable":
            waits.scene.account("zhao")
        case "elsewhere":
            waits.scene.run("insert into area (code, name) values ('630103', '城中区')")
            waits.scene.account("zhao", webhook="http://phone", area="630103")
    await waits.press("bed-1")
    await waits.forward(seconds=60)
    assert _called(waits, boss) == ["unclaimed"]


async def test_both_pauses_are_settings_of_the_plan(waits: Story) -> None:
    boss = str(waits.scene.account("sun", "supervisor", webhook="http://phone"))
    waits.scene.account("zhao", webhook="http://phone")
    waits.scene.run(
        "insert into plan_setting (kind, area, settings, reason, by_name, at) "
        "values ('help', '630102', %s, '测试', '测试', now())",
        '{"no_accept_s": 3600, "unclaimed_s": 20, "supervisor_after_s": 300}',
    )
    await waits.press("bed-1")
    await waits.forward(seconds=319)
    assert _called(waits, boss) == []
    await waits.forward(seconds=1)
    assert _called(waits, boss) == ["supervisor"]
