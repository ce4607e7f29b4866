import json
from pathlib import Path

import pytest

from carecircle.errors import Misconfigured
from carecircle_sim.journal import Journal, Press

PRESS = Press("bed-1", "button", 1, 7, 1795000000000)


def reopened(path: Path) -> Journal:
    journal = Journal(path)
    journal.close()
    return journal


def test_a_press_without_a_receipt_is_still_there_after_a_restart(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.write(PRESS)
    journal.close()
    assert reopened(tmp_path / "j").pending == (PRESS,)


def test_a_received_press_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.write(PRESS)
    assert journal.settle(PRESS.key) == PRESS
    assert journal.settle(PRESS.key) is None
    journal.close()
    assert reopened(tmp_path / "j").pending == ()


def test_every_start_has_a_higher_boot_number(tmp_path: Path) -> None:
    assert [reopened(tmp_path / "j").boot for _ in range(3)] == [1, 2, 3]


def test_a_line_cut_short_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.write(PRESS)
    journal.close()
    with (tmp_path / "j").open("a") as file:
        file.write('{"press": {"bed": "bed-2", "dev')
    assert reopened(tmp_path / "j").pending == (PRESS,)


def test_the_file_is_tidied_up_at_the_start(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    for seq in range(100):
        press = Press("bed-1", "button", 1, seq, 0)
        journal.write(press)
        journal.settle(press.key)
    journal.close()
    reopened(tmp_path / "j")
    assert [json.loads(line) for line in (tmp_path / "j").read_text().splitlines()] == [{"boot": 2}]


def test_two_simulators_cannot_share_a_journal(tmp_path: Path) -> None:
    first = Journal(tmp_path / "j")
    with pytest.raises(Misconfigured, match="another simulator"):
        Journal(tmp_path / "j")
    first.close()
    reopened(tmp_path / "j")
