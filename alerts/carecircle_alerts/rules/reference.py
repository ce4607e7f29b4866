"""Reference: writes docs/rules.md from the catalogue, so that no default is told in two places (I/O)."""

import sys
from pathlib import Path

from carecircle_alerts.incident import Family
from carecircle_alerts.rules.catalogue import RULES
from carecircle_alerts.rules.rule import Rule
from carecircle_alerts.texts import KIND_NAMES

WRITTEN = Path("docs/rules.md")
_HEAD = """# Rules

Written by `python -m carecircle_alerts.rules.reference`; a test holds it to the code. Each setting may be overridden
for an area or a bed. Every clinical default is an engineering proposal that **needs clinical sign-off**; sources are
named where there are any, and "unverified" where the primary text was not seen.

A duration is satisfied by evidence throughout it: two readings further apart than `gap_s` do not show what lay between
them. Messages are judged in the order of measurement, 45 s after it; what comes later is history and raises nothing.
Calls for help do not wait for any of this and are never suppressed.
"""
_FAMILIES = {
    Family.CLINICAL: "Clinical: the desk looks first",
    Family.BEHAVIOUR: "Behaviour: the desk looks first",
    Family.HELP: "Help: somebody is sent at once; here only what speaks for or against it",
    Family.TECHNICAL: "Technical: a repair with somebody responsible and a deadline",
}


def reference() -> str:
    """The page."""
    parts = [_HEAD]
    for family, title in _FAMILIES.items():
        parts.append(f"\n## {title}\n")
        parts += [_section(rule) for rule in RULES if rule.family is family]
    return "".join(parts)


def _section(rule: Rule) -> str:
    document = sys.modules[rule.settings.__module__].__doc__ or ""
    about = document.strip().replace(" (pure).", ".")
    lines = [f"\n### {KIND_NAMES[rule.kind]} · `{rule.name}`\n\n{about}\n\n| setting | default | |\n|---|---|---|\n"]
    for name, info in rule.settings.model_fields.items():
        lines.append(f"| `{name}` | {info.default} | {info.description or ''} |\n")
    notes = (rule.settings.__doc__ or "").strip()
    return "".join(lines) + (f"\n{notes}\n" if notes else "")


if __name__ == "__main__":
    WRITTEN.write_text(reference(), encoding="utf-8")
