import pytest

from carecircle_alerts.incident import Bed
from carecircle_alerts.ranking import Candidate, Responder, WhyNot, rank_responders, why_not_asked
from carecircle_alerts.travel import Origin, Place
from carecircle_alerts.travel.straight_line import estimate

BED = Bed(Place(36.62, 101.78), "city", provider_id="p1")
ABLE = Responder(
    id="a", name="甲", role="staff", provider_id=None, provider_name=None, travel_mode="e_bike",
    place=Place(36.62, 101.78), on_duty=True, consented=True, reachable=True, busy=False,
)  # fmt: skip


def rank(people: list[Responder]) -> list[Candidate]:
    assert BED.place is not None
    times = {one.id: estimate(Origin(one.place, one.travel_mode), BED.place, "city") for one in people if one.place}
    return rank_responders(BED, people, times, 900)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"on_duty": False}, WhyNot.OFF_DUTY),
        ({"consented": False}, WhyNot.NO_CONSENT),
        ({"place": None}, WhyNot.NO_POSITION),
        ({"reachable": False}, WhyNot.NO_ADDRESS),
        ({"busy": True}, WhyNot.BUSY),
        ({"asked": "DECLINED"}, WhyNot.DECLINED),
        ({"asked": "SENT"}, WhyNot.ASKED),
        ({"asked": "UNDELIVERABLE"}, WhyNot.UNDELIVERABLE),
        ({"asked": "EXPIRED"}, None),
        ({}, None),
    ],
)
def test_each_obstacle_has_its_name(change: dict[str, object], reason: WhyNot | None) -> None:
    assert why_not_asked(ABLE._replace(**change)) is reason  # type: ignore[arg-type]


def test_who_cannot_be_asked_stands_last_without_a_rank() -> None:
    off = ABLE._replace(id="b", on_duty=False)
    first, last = rank([off, ABLE])
    assert (first.responder.id, first.rank) == ("a", 1)
    assert (last.responder.id, last.rank, last.why) == ("b", None, "off_duty")


def test_ties_go_by_id_so_that_two_engines_rank_alike() -> None:
    people = [ABLE._replace(id=name) for name in "cab"]
    assert [one.responder.id for one in rank(people)] == ["a", "b", "c"]


def test_who_did_not_answer_is_asked_again_only_after_the_others() -> None:
    silent = ABLE._replace(id="a", asked="EXPIRED")
    farther = ABLE._replace(id="b", place=Place(36.64, 101.78))
    assert [one.responder.id for one in rank([silent, farther])] == ["b", "a"]


def test_outside_the_circle_the_contract_does_not_count() -> None:
    contracted_far = ABLE._replace(id="a", provider_id="p1", place=Place(36.90, 101.78))
    stranger_far = ABLE._replace(id="b", place=Place(36.80, 101.78))
    ranked = rank([contracted_far, stranger_far])
    assert [(one.responder.id, one.why) for one in ranked] == [("b", "outside_circle"), ("a", "outside_circle")]
