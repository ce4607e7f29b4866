"""docs/plans.md says what the code does."""

from carecircle_alerts.plan import GROUND, Plan, Track
from carecircle_alerts.plans.reference import WRITTEN, reference


def test_the_written_reference_is_current() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == reference(), (
        "a plan has changed: python -m carecircle_alerts.plans.reference"
    )


def test_every_setting_says_what_it_is_for() -> None:
    for model in (Plan, Track):
        undescribed = [name for name, info in model.model_fields.items() if not info.description]
        assert undescribed == []
    assert all(f"`{track.name}`" in reference() for plan in GROUND.values() for track in plan.ways())
