"""Words of the audit log: every kind and every deed that its sources can write has one in both of the catalogues."""

import re
from pathlib import Path
from typing import get_args

import pytest

import carecircle
import carecircle_alerts
from carecircle_alerts.register.store import ObjectKind
from carecircle_console.access import Purpose
from carecircle_console.audit_views import SOURCES, Kind
from carecircle_console.store import QUERIES

ROOT = Path(__file__).parents[3]
CATALOGUES = ROOT / "console/web/src/pages/administrator/words"
MIGRATIONS = Path(carecircle.__file__).parent / "db/migrations"
SQL = "\n".join(QUERIES[f"audit_{source}"].decode() for source in SOURCES)


def words(language: str) -> set[str]:
    # The Tibetan catalogue lies in one file an area.
    texts = [path.read_text("utf-8") for path in CATALOGUES.glob(f"*{language}.ts")]
    return {key for text in texts for key in re.findall(r"^  '([^']+)':", text, re.MULTILINE)}


def allowed(migration: str, column: str) -> set[str]:
    """What a column's check lets in."""
    (listed,) = re.findall(rf"{column} text not null check \({column} in \((.*?)\)\)", migration, re.DOTALL)
    return set(re.findall(r"'(\w+)'", listed))


def deeds() -> set[str]:
    accounts = (MIGRATIONS / "0040_accounts.sql").read_text("utf-8").split("create table session_event")[1]
    tests = (MIGRATIONS / "0048_bed_tests.sql").read_text("utf-8")
    settled = allowed(tests, "state") - {"ANNOUNCED", "OPEN", "PRESSED"}
    fixed = re.findall(r"'(\w+)' as change", SQL) + re.findall(r"(?:then|else) '(consent_\w+)'", SQL)
    return (
        set(fixed)
        | allowed(accounts, "event")
        | {f"press_test_{state.lower()}" for state in settled}
        | {f"read_{purpose.value}" for purpose in Purpose}
        | {f"audit_{what}" for what in allowed((MIGRATIONS / "0058_audit.sql").read_text("utf-8"), "what")}
    )


def changes() -> set[str]:
    """What is written down about people and providers."""
    folder = Path(carecircle_alerts.__file__).parent
    texts = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    return set(re.findall(r'"(\w+)", _?by\b[^\n]*(?:\n[^\n]*)?(?:responder|provider)=', texts))


def register_changes() -> set[str]:
    """What is written down about the register: what each desk says, and what its forms make of a row."""
    folder = Path(carecircle_alerts.__file__).parent / "register"
    texts = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    made = set(re.findall(r'Change = Literal\["(\w+)", "(\w+)"', texts))
    return {one for pair in made for one in pair} | set(
        re.findall(r'record\([^()]*(?:\([^()]*\))?[^()]*, "(\w+)", _?by', texts)
    )


@pytest.mark.parametrize("language", ["zh-CN", "en", "bo"])
def test_nothing_in_the_log_is_shown_as_a_code(language: str) -> None:
    known = words(language)
    assert {"signed_in", "read_history", "press_test_passed", "audit_export", "rule_set"} <= deeds()
    assert {"shift_added", "hours_set"} <= changes()
    assert {"created", "changed", "ended", "password_reset"} <= register_changes()
    objects = set(re.findall(r"'(\w+)' as object_kind", SQL)) | set(get_args(ObjectKind))
    wanted = {f"auditDid.{one}" for one in deeds()} | {f"auditKind.{one}" for one in get_args(Kind)}
    wanted |= {f"auditObject.{one}" for one in objects} | {f"change.{one}" for one in changes()}
    wanted |= {f"registerChange.{one}" for one in register_changes()}
    assert not wanted - known


def test_every_kind_has_a_source_and_every_source_a_query() -> None:
    assert set(SOURCES.values()) == set(get_args(Kind))
    written = {name.removeprefix("audit_") for name in QUERIES.names() if name.startswith("audit_")}
    assert written == set(SOURCES)
