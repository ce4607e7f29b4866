"""The console's small parts: errors in Chinese, scopes, repetitions, pages, and queries that never forget the scope."""

import asyncio
import re
from datetime import UTC, datetime

import pytest

from carecircle.clock import ManualClock
from carecircle.errors import CareCircleError, Conflict, Forbidden, NotFound, Unavailable
from carecircle.passwords import hash_password, verify_password
from carecircle_console.errors import NotSignedIn, TooManyAttempts, status_of
from carecircle_console.replays import Replays
from carecircle_console.scope import STAFF, Role, Scope, scope_of
from carecircle_console.shared_reads import SharedReads
from carecircle_console.store import QUERIES

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotSignedIn(), 401), (TooManyAttempts(), 429), (Forbidden(), 403), (NotFound(), 404), (Conflict(), 409),
     (Unavailable("connection refused"), 503), (CareCircleError("oops"), 500)],
)  # fmt: skip
def test_every_error_speaks_chinese(error: CareCircleError, status: int) -> None:
    got, code, sentence = status_of(error)
    assert got == status
    assert re.fullmatch(r"[a-z_]+", code)
    assert CHINESE.search(sentence)
    assert "refused" not in sentence


def test_a_chinese_message_from_the_desk_is_passed_on() -> None:
    assert status_of(Conflict("李四已先确认")) == (409, "conflict", "李四已先确认")


def test_a_role_has_one_way_of_seeing_whatever_its_account_says() -> None:
    for role in Role:
        scope = scope_of(role, "63", "r-1", "f-1")
        given = [value for value in scope.parameters().values() if value is not None]
        assert len(given) == 1
        assert (scope.area == "63") == (role in STAFF)


# Reads that need no scope, with the reason.
UNSCOPED = {
    "incident_audience": "the rule itself, turned round for the stream",
    "family": "keyed on the relative",
    "who_is_meant": "ids alone, by which entries of the log are looked for, each in scope",
    "own_offers": "keyed on the responder",
    "own_offer_exists": "keyed on the responder",
    "own_assignment": "keyed on the responder",
    "own_assignment_exists": "keyed on the responder",
    "own_state": "keyed on the responder",
    **dict.fromkeys(("family_phones", "family_resident", "family_history"), "keyed on the relative"),
    **dict.fromkeys(("family_told", "family_lookers"), "keyed on the relative"),
    "bed_twin": "after `beds`",
    "bed_devices": "after `beds`",
    "bed_contacts": "after `beds`",
    "never_silent": "counts alone",
    "feed_head": "numbers alone",
    "feed_recent": "numbers alone",
    "feed_news": "for the stream, which asks for the audience",
    "responder_name": "keyed on the responder",
    "account_of_responder": "keyed on the responder",
    "record_access": "writes",
    "consents_about_relative": "keyed on the relative",
}
_TABLES = "bed|resident|incident|incident_event|offer|assignment|message|bed_state|kinship|responder|vitals"
PERSONAL = re.compile(rf"\b(from|join) ({_TABLES})\b")


def test_every_query_about_people_takes_a_scope() -> None:
    """Whoever adds a query without one has to say here why it needs none."""
    unscoped = {
        name
        for name in QUERIES.names()
        if PERSONAL.search(QUERIES[name].decode()) and "%(area)s" not in QUERIES[name].decode()
    }
    assert unscoped <= set(UNSCOPED)
    everyone = {
        name
        for name in QUERIES.names()
        if "%(responder)s" in QUERIES[name].decode() and "%(family)s" in QUERIES[name].decode()
    }
    assert {"incident_ids", "incident_summary", "beds", "resident_of_bed"} == everyone
    assert Scope().parameters() == {"area": None, "responder": None, "family": None}


def test_passwords() -> None:
    kept = hash_password("geheim 密码")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(kept, "geheim 密码")
    assert not verify_password(kept, "geheim 密碼")
    assert not verify_password("no password opens this", "x")
    assert hash_password("geheim 密码") != kept


async def test_a_repetition_waits_for_the_first_and_does_nothing() -> None:
    replays, done, go = Replays(ManualClock(NOW)), [], asyncio.Event()

    async def command() -> None:
        await go.wait()
        done.append(1)

    first = asyncio.create_task(replays.once(("a", "k"), command))
    second = asyncio.create_task(replays.once(("a", "k"), command))
    other = asyncio.create_task(replays.once(("b", "k"), command))
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(first, second, other)
    assert len(done) == 2


async def test_what_failed_may_be_tried_again_and_what_is_old_is_forgotten() -> None:
    clock = ManualClock(NOW)
    replays, done = Replays(clock), []

    async def fail() -> None:
        raise Conflict("先有人了")

    async def succeed() -> None:
        done.append(1)

    with pytest.raises(Conflict):
        await replays.once(("k",), fail)
    for _ in range(3):
        await replays.once(("k",), succeed)
    assert done == [1]
    clock.forward(minutes=11)
    await replays.once(("k",), succeed)
    assert done == [1, 1]


async def test_who_asks_after_a_read_has_started_gets_a_younger_one() -> None:
    reads, go = [], asyncio.Event()

    async def read(key: str) -> int:
        reads.append(key)
        number = len(reads)
        await go.wait()
        return number

    shared = SharedReads(read, at_once=1)
    early = [asyncio.create_task(shared.get("a")) for _ in range(3)]
    await asyncio.sleep(0.01)
    late = [asyncio.create_task(shared.get("a")) for _ in range(3)]
    await asyncio.sleep(0.01)
    go.set()
    assert await asyncio.gather(*early) == [1, 1, 1]
    assert await asyncio.gather(*late) == [2, 2, 2]
