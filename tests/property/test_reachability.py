"""Whatever drills came to, in whatever order they are read: nobody is called unreachable who was reached."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.drills.reach import VALID_FOR, Evidence, Outcome, Reach, Result, bad_in_a_row, reachability
from carecircle_alerts.drills.schedule import Rhythm, is_daytime, next_drill_at

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GOOD, BAD = (Outcome.CONFIRMED, Outcome.DELIVERED), (Outcome.NO_ANSWER, Outcome.FAILED)
AGO = st.integers(0, 59 * 24).map(lambda hours: NOW - timedelta(hours=hours))
RESULTS = st.lists(st.builds(Result, st.sampled_from(Outcome), AGO), max_size=6, unique_by=lambda one: one.at)
CONTACTS = st.dictionaries(st.integers(1, 5), RESULTS, max_size=4)
ORDER = [Reach.UNREACHABLE, Reach.DOUBTFUL, Reach.GOOD]


@given(CONTACTS, st.none() | AGO)
def test_unreachable_is_only_whose_every_contact_failed_twice_since_anything_worked(
    contacts: dict[int, list[Result]], accepted: datetime | None
) -> None:
    verdict = reachability(contacts, NOW, accepted)
    lasts = [sorted(one, key=lambda result: result.at)[-2:] for one in contacts.values()]
    every_one_failed = bool(lasts) and all(
        len(last) == 2 and all(one.outcome in BAD and (accepted is None or one.at > accepted) for one in last)
        for last in lasts
    )
    assert (verdict.state is Reach.UNREACHABLE) == every_one_failed


@given(CONTACTS, st.integers(1, 5), st.none() | AGO)
def test_who_has_just_confirmed_is_reached(
    contacts: dict[int, list[Result]], contact: int, accepted: datetime | None
) -> None:
    confirmed = Result(Outcome.CONFIRMED, NOW)
    contacts[contact] = [one for one in contacts.get(contact, []) if one.at < NOW] + [confirmed]
    verdict = reachability(contacts, NOW, accepted)
    assert (verdict.state, verdict.at) == (Reach.GOOD, NOW)
    assert bad_in_a_row(contacts[contact], NOW) == 0


@given(CONTACTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(contacts: dict[int, list[Result]], random: object) -> None:
    shuffled = {key: random.sample(rows, len(rows)) for key, rows in contacts.items()}  # type: ignore[attr-defined]
    assert reachability(shuffled, NOW) == reachability(contacts, NOW)


@given(CONTACTS)
def test_accepting_an_offer_now_is_proof_whatever_drills_say(contacts: dict[int, list[Result]]) -> None:
    verdict = reachability(contacts, NOW, NOW)
    assert (verdict.state, verdict.evidence, verdict.age(NOW)) == (Reach.GOOD, Evidence.ACCEPTED, timedelta())


@given(CONTACTS, st.integers(1, 5))
def test_one_more_failure_never_makes_it_better(contacts: dict[int, list[Result]], contact: int) -> None:
    contacts.setdefault(contact, [])
    before = reachability(contacts, NOW)
    later = NOW + timedelta(seconds=1)
    contacts[contact] = [*contacts[contact], Result(Outcome.FAILED, later)]
    after = reachability(contacts, later)
    if before.state is not Reach.UNTESTED:
        assert ORDER.index(after.state) <= ORDER.index(before.state)
    assert after.state is not Reach.UNTESTED


@given(CONTACTS)
def test_old_results_say_nothing_and_a_verdict_knows_when_it_is_too_old(contacts: dict[int, list[Result]]) -> None:
    assert reachability(contacts, NOW + VALID_FOR).state is Reach.UNTESTED
    verdict = reachability(contacts, NOW)
    assert (verdict.valid_until is None) == (verdict.state is Reach.UNTESTED)
    assert verdict.valid_until is None or verdict.valid_until > NOW
    assert reachability({}, NOW).state is Reach.UNTESTED


@given(
    st.text(min_size=1, max_size=20),
    st.sampled_from(["staff", "neighbour", "volunteer"]),
    st.none() | st.integers(0, 400),
    st.timedeltas(timedelta(), timedelta(days=400)).map(lambda later: NOW + later),
)
def test_a_drill_is_by_day_never_today_and_within_one_round(
    who: str, role: str, days_ago: int | None, now: datetime
) -> None:
    rhythm = Rhythm()
    last = None if days_ago is None else now - timedelta(days=days_ago)
    at = next_drill_at(rhythm, who, role, last, now)
    assert is_daytime(rhythm, at)
    assert at > now
    assert at.astimezone(UTC) <= now + timedelta(days=rhythm.days(role) + 2)
    assert last is None or at >= last + timedelta(days=rhythm.days(role) - 1)
