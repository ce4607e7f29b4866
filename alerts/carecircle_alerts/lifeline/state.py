"""State: how the lifeline is, for supervisors, the console and whoever looks at the folder (I/O)."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

_NAME = "state.json"
_FRESH = timedelta(seconds=15)  # three missed rounds of 5 s


@dataclass(frozen=True, slots=True)
class LifelineState:
    """One look at itself. `snapshot_age_s` is None while there is none: then it can tell nobody."""

    broker: bool
    database: bool
    journal: bool
    snapshot_age_s: float | None
    snapshot_is_stale: bool
    waiting: int
    sending: int
    unreconciled: int

    def complaints(self) -> list[str]:
        """Why it could not keep its promise now; a database that is away and an old snapshot are no such reasons."""
        reasons = []
        if not self.broker:
            reasons.append("no broker")
        if self.snapshot_age_s is None:
            reasons.append("no snapshot: nobody to tell")
        if not self.journal:
            reasons.append("the journal cannot be written")
        return reasons


def keep_state(folder: Path, state: LifelineState, now: datetime) -> None:
    """Write it where `read_complaints` finds it; raises `OSError`."""
    document = {"at": now.isoformat(), **asdict(state), "complaints": state.complaints()}
    work = folder / f".{_NAME}.new"
    work.unlink(missing_ok=True)
    with os.fdopen(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        json.dump(document, handle)
    work.replace(folder / _NAME)


def read_complaints(folder: Path, now: datetime) -> list[str]:
    """What is wrong with the lifeline that works in this folder; empty while it is well."""
    try:
        document = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(document["at"])
        complaints = [str(one) for one in document["complaints"]]
    except FileNotFoundError:
        return ["it has not started"]
    except (OSError, ValueError, KeyError, TypeError):
        return ["its state cannot be read"]
    if now - at > _FRESH:
        return [f"it has not gone round for {(now - at).total_seconds():.0f} s"]
    return complaints
