"""docs/rules.md says what the code does."""

from carecircle_alerts.rules.catalogue import RULES
from carecircle_alerts.rules.reference import WRITTEN, reference


def test_the_written_reference_is_current() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == reference(), (
        "a rule has changed: python -m carecircle_alerts.rules.reference"
    )


def test_every_rule_says_what_it_is_for() -> None:
    page = reference()
    assert all(f"`{rule.name}`" in page for rule in RULES)
