"""Bucket: counts what happens again and again, and forgets one of it every ten minutes (pure)."""

_FORGET_S = 600.0


def fill(notes: dict[str, float], key: str, at: float, amount: float = 1.0) -> float:
    """The level with so much more, kept in the notes under `key`."""
    level = max(0.0, notes.get(key, 0.0) - (at - notes.get(f"{key}@", at)) / _FORGET_S) + amount
    notes[key], notes[f"{key}@"] = level, at
    return level
