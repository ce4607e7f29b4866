from collections import Counter
from random import Random

import pytest

from carecircle_sim.world.faults import PROFILES, Fate, Faults
from carecircle_sim.world.inbox import Arrival, Inbox
from carecircle_sim.world.page import render_page


def tell(inbox: Inbox, message_id: str, **changes: str) -> Arrival:
    arrival = {"channel": "webhook", "kind": "family", "recipient_id": "r", "incident_id": "i", "text": "有人接单"}
    return inbox.add(received_at=0.0, message_id=message_id, **(arrival | changes))


def test_a_message_that_comes_again_under_its_id_is_absorbed() -> None:
    inbox = Inbox()
    assert not inbox.knows("m1")
    tell(inbox, "m1")
    assert inbox.knows("m1")
    assert inbox.counts["repeated"] == 1
    assert inbox.counts["told_twice"] == 0


def test_the_same_words_under_another_id_are_a_double_telling() -> None:
    inbox = Inbox()
    tell(inbox, "m1")
    tell(inbox, "m2", text="已到达")
    tell(inbox, "m3", recipient_id="somebody else")
    assert inbox.counts["told_twice"] == 0
    tell(inbox, "m4")
    assert inbox.counts["told_twice"] == 1


def test_arrivals_are_numbered_so_that_a_reader_can_go_on_where_it_was() -> None:
    inbox = Inbox()
    for n in range(5):
        tell(inbox, f"m{n}", text=str(n))
    assert [arrival.text for arrival in inbox.after(3)] == ["3", "4"]


def test_the_page_escapes_what_it_shows() -> None:
    inbox = Inbox()
    tell(inbox, "m1", text="<script>")
    page = render_page(inbox.after(0), inbox.counts).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_without_faults_everything_is_taken_at_once() -> None:
    rng = Random(1)
    assert {PROFILES["none"].draw(rng) for _ in range(1000)} == {(Fate.TAKEN, 0.0)}


def test_faults_come_in_the_shares_that_were_asked_for() -> None:
    rng = Random(1)
    faults = Faults(error_in_body=0.2, server_error=0.1, answer_lost=0.05)
    fates = Counter(faults.draw(rng)[0] for _ in range(20_000))
    assert fates[Fate.ERROR_IN_BODY] / 20_000 == pytest.approx(0.2, abs=0.015)
    assert fates[Fate.SERVER_ERROR] / 20_000 == pytest.approx(0.1, abs=0.01)
    assert fates[Fate.ANSWER_LOST] / 20_000 == pytest.approx(0.05, abs=0.01)


def test_a_reminder_is_no_double_telling_and_the_same_step_in_other_words_is_one() -> None:
    inbox = Inbox()
    tell(inbox, "m1", kind="dispatcher", step="uncovered_100")
    tell(inbox, "m2", kind="dispatcher", step="uncovered_160")
    assert inbox.counts["told_twice"] == 0
    tell(inbox, "m3", kind="dispatcher", step="uncovered_160", text="别的话")
    assert inbox.counts["told_twice"] == 1


def test_each_offer_is_withdrawn_once_and_whoever_was_asked_twice_hears_so_twice() -> None:
    inbox = Inbox()
    tell(inbox, "m1", kind="withdrawn", step="withdrawn", offer_id="first")
    tell(inbox, "m2", kind="withdrawn", step="withdrawn", offer_id="second")
    assert inbox.counts["told_twice"] == 0
    tell(inbox, "m3", kind="withdrawn", step="withdrawn", offer_id="second")
    assert inbox.counts["told_twice"] == 1
