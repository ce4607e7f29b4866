"""Words of the pages: no person reads a code that the back end writes; what it can say has a word in every language."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from carecircle.rejected import Reason
from carecircle_alerts.certainty import JOINT
from carecircle_alerts.coverage.shown import BASIS_NAMES
from carecircle_alerts.incident import AssignmentState, Kind, OfferState, OutcomeCode, State, Verification
from carecircle_alerts.notify.states import MessageState
from carecircle_alerts.notify.traits import TRAITS
from carecircle_alerts.people.rest import Tired
from carecircle_alerts.people.whereabouts import PlaceFrom
from carecircle_alerts.ranking import WhyNot
from carecircle_alerts.travel import UNKNOWN
from carecircle_alerts.watch import capabilities
from carecircle_console.alarm_views import Alarm
from carecircle_console.scope import Role
from carecircle_console.views import Protection, Whereabouts
from tests.said_codes import actors, bases, enum, lacks, literals, promises, refusals, services, steps, whys

ROOT = Path(__file__).parents[3]
MESSAGES = ROOT / "console/web/src/messages"


def words(language: str) -> dict[str, str]:
    """The catalogue of a language, out of its files."""
    text = "\n".join(path.read_text("utf-8") for path in sorted((MESSAGES / language).glob("*.ts")))
    return dict(re.findall(r"^  '([^']+)': '([^']*)',$", text, re.MULTILINE))


WORDS = {language: words(language) for language in ("zh-CN", "en", "bo")}


@pytest.mark.parametrize(
    ("group", "codes", "known"),
    [
        ("step", steps(), {"pressed_again", "told_family", "merged", "corrected", "read_dispatcher", "helper_stalled"}),
        ("kind", enum(Kind), set()),
        ("state", enum(State), set()),
        ("offer", enum(OfferState), set()),
        ("helper", enum(AssignmentState), set()),
        ("verification", enum(Verification), set()),
        ("outcome", enum(OutcomeCode), set()),
        ("why", {*enum(WhyNot, Tired), JOINT, "outside_circle"}, set()),
        ("why", whys("ranking.py") | whys("joint.py"), {"contracted_provider", "same_area", "nearest", "joint"}),
        ("basis", bases() | {UNKNOWN, *BASIS_NAMES}, {"straight_line_model", "routing_server", "map_service"}),
        ("from", enum(PlaceFrom), set()),
        ("message", enum(MessageState), set()),
        ("channel", TRAITS, set()),
        ("reason", enum(Reason), set()),
        ("place", literals(Whereabouts, "place"), {"perhaps_out"}),
        ("protection", literals(Protection, "state"), {"partly"}),
        ("correction", literals(Alarm, "correction"), {"delayed"}),
        ("capability", {*capabilities._BY_READING.values(), *capabilities._BY_EVENT.values(), "gateway"}, {"call"}),
        ("capabilityWhy", lacks(), {"silent", "never_heard", "gateway_silent", "sensor_error"}),
        ("role", enum(Role), set()),
        ("actor", actors(), {"engine", "lifeline", "hindsight", "promises"}),
        ("service", services(), {"alerts", "lifeline", "promises"}),
        ("refused", refusals(), {"conflict", "taken_over", "merge_lesser", "too_large"}),
        ("promise", promises(), {"unattended", "message_stuck", "held_press_overdue"}),
    ],
)
def test_every_code_has_a_word(group: str, codes: Iterable[str], known: set[str]) -> None:
    codes = set(codes)
    assert known <= codes, "the sources are not read as they are written any more"
    for language, catalogue in WORDS.items():
        without = sorted(code for code in codes if not catalogue.get(f"{group}.{code}"))
        assert not without, f"{language} has no words for these of {group}"
