"""Words: what late history says of an alarm, as a sentence for people (pure)."""

from collections.abc import Mapping
from typing import Any

from carecircle_alerts.hindsight.verdict import Verdict

_SENTENCES = {
    Verdict.CONFIRMED: "数据补传：补传数据与告警一致，当时确有此情况",
    Verdict.DISPROVED: "数据补传：按补传数据，当时并无此情况",
    Verdict.DELAYED: "数据补传：当时设备仍在记录，只是数据传输中断",
    Verdict.MISSED: "数据补传：当时曾出现此情况，因数据迟到未能及时发现",
}


def explain_correction(verdict: Verdict, why: Mapping[str, Any]) -> str:
    """One sentence, with how many messages came late where that is known."""
    late = why.get("late_messages")
    return _SENTENCES[verdict] + (f"（迟到数据{late}条）" if late else "")
