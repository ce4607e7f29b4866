from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.plan import GROUND, HERDING, RURAL, URBAN
from carecircle_alerts.plans.layers import FRAILTIES, Layer, Scope, Subject, resolve, why_refused

BED = Subject(Kind.SOS, "urban", "630102001001", "disabled")


def layer(version: int, settings: dict[str, object], **scope: str) -> Layer:
    return Layer(Scope(**{"kind": "help", **scope}), settings, version, "试")


def test_without_rows_a_bed_gets_the_plan_of_its_circle() -> None:
    for circle, plan in (("urban", URBAN), ("rural", RURAL), ("herding", HERDING)):
        found = resolve(replace(BED, circle=circle), [])
        assert (found.plan, found.version, found.applied) == (plan, 0, ())


def test_a_repair_and_a_finding_ask_nobody_by_themselves() -> None:
    for kind in Kind:
        assert resolve(replace(BED, kind=kind), []).plan.asks is (FAMILY[kind] is Family.HELP)


def test_a_severely_disabled_person_who_has_fallen_wants_two() -> None:
    fall = replace(BED, kind=Kind.FALL, frailty="severely_disabled")
    found = resolve(fall, [])
    assert found.plan.helpers == 2
    assert "两人" in found.origins["helpers"].reason
    assert resolve(replace(fall, kind=Kind.SOS), []).plan.helpers == 1
    assert resolve(replace(fall, frailty="disabled"), []).plan.helpers == 1
    everywhere = layer(7, {"helpers": 1}, area="630102")
    assert resolve(fall, [everywhere]).plan.helpers == 2, "what is said of every call leaves this case alone"
    this_case = layer(8, {"helpers": 3}, kind="fall", frailty="severely_disabled", area="63")
    assert resolve(fall, [everywhere, this_case]).plan.helpers == 3


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ({}, {"kind": "sos"}),
        ({"frailty": "disabled"}, {"kind": "sos"}),
        ({"area": "630102001001"}, {"kind": "sos"}),
        ({"area": "630102001001"}, {"frailty": "disabled"}),
        ({"area": "63"}, {"area": "6301"}),
        ({"circle": "urban"}, {"area": "63"}),
        ({}, {"circle": "urban"}),
        ({"kind": "sos"}, {"kind": "sos", "frailty": "disabled"}),
    ],
)
def test_the_more_exact_layer_wins_whichever_was_written_later(lower: dict[str, str], upper: dict[str, str]) -> None:
    rows = [layer(9, {"nudge_s": 1, "overdue_s": 1}, **lower), layer(3, {"nudge_s": 2}, **upper)]
    found = resolve(BED, rows)
    assert (found.plan.nudge_s, found.plan.overdue_s) == (2, 1), "and what it does not name is left"
    assert (found.origins["nudge_s"].version, found.origins["overdue_s"].version) == (3, 9)
    assert found.version == 9


def test_of_one_scope_the_newest_row_counts_as_a_whole_and_an_empty_one_takes_it_back() -> None:
    old = layer(1, {"nudge_s": 1, "overdue_s": 1})
    assert resolve(BED, [layer(2, {"nudge_s": 2}), old]).plan.overdue_s == URBAN.overdue_s
    assert resolve(BED, [old, layer(3, {})]).plan == URBAN


@pytest.mark.parametrize(
    "scope", [{"area": "6302"}, {"circle": "rural"}, {"kind": "fall"}, {"kind": "technical"}, {"frailty": "able"}]
)
def test_what_is_said_of_others_does_not_count(scope: dict[str, str]) -> None:
    assert resolve(BED, [layer(1, {"nudge_s": 1}, **scope)]).plan == URBAN


def test_a_row_that_makes_no_plan_is_left_out_and_named() -> None:
    broken = layer(5, {"nudge_s": "soon"}, kind="sos")
    newer_program = layer(6, {"by_drone": True}, area="63")
    good = layer(4, {"nudge_s": 30})
    found = resolve(BED, [broken, newer_program, good])
    assert (found.plan.nudge_s, found.version) == (30, 4)
    assert [one.version for one in found.left_out] == [6, 5]


@pytest.mark.parametrize(
    ("scope", "settings", "says"),
    [
        (Scope("earthquake"), {"nudge_s": 30}, "没有这个报警类别"),
        (Scope("help", circle="island"), {}, "没有这个"),
        (Scope("help", frailty="old"), {}, "没有这个"),
        (Scope("help"), {"name": "rural"}, "不能更改"),
        (Scope("sos"), {"asks": False}, "必须立即派单"),
        (Scope("help"), {"nudge_s": 0}, "nudge_s"),
        (Scope("help"), {"nudge": 30}, "nudge"),
        (Scope("help"), {"tracks": [{"name": "a", "roles": ["staff"], "skills": ["lifting"], "at_once": 1,
                                     "every_s": 9}]}, "skill"),
    ],
)  # fmt: skip
def test_what_makes_no_plan_is_refused_with_a_sentence(scope: Scope, settings: dict[str, object], says: str) -> None:
    why = why_refused(scope, settings)
    assert why is not None
    assert says in why.sentence
    assert why.setting in {*settings, ""}


def test_a_change_that_makes_a_plan_is_taken() -> None:
    assert why_refused(Scope("technical"), {"asks": False, "arrive_within_s": 14400}) is None
    assert why_refused(Scope("fall", frailty="disabled"), {"helpers": 2}) is None


_SETTINGS = st.dictionaries(st.sampled_from(["nudge_s", "overdue_s", "helpers", "wave_size"]), st.integers(-1, 5))
_SCOPES = st.builds(
    Scope,
    kind=st.sampled_from(["help", "sos", "fall", "clinical"]),
    area=st.sampled_from(["", "63", "6301", "630102", "6302"]),
    circle=st.sampled_from(["", *GROUND]),
    frailty=st.sampled_from(["", *FRAILTIES]),
)


@given(
    rows=st.lists(st.tuples(_SCOPES, _SETTINGS), max_size=8), order=st.randoms(use_true_random=False),
    kind=st.sampled_from([Kind.SOS, Kind.FALL, Kind.NEWS2]), circle=st.sampled_from([*GROUND, "somewhere"]),
)  # fmt: skip
def test_whatever_stands_in_the_table_there_is_one_plan_in_any_order_of_rows(
    rows: list[tuple[Scope, dict[str, int]]], order: object, kind: Kind, circle: str
) -> None:
    layers = [Layer(scope, settings, number, "试") for number, (scope, settings) in enumerate(rows, start=1)]
    subject = Subject(kind, circle, "630102001001", "severely_disabled")
    found = resolve(subject, layers)
    order.shuffle(layers)  # type: ignore[attr-defined]
    assert resolve(subject, layers).plan == found.plan
    for name, from_layer in found.origins.items():
        assert getattr(found.plan, name) == from_layer.settings[name]
    if FAMILY[kind] is Family.HELP:
        assert found.plan.asks
