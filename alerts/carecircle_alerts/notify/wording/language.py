"""Language: what every language has to have words for; a test holds all of them to the same keys (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

    `personal` may name people and what has happened. `brief` is for lock screens, groups and text messages: no
    resident's name and nothing about health. `spoken` is read aloud by a machine: short sentences, no signs.
    """

    kinds: Mapping[str, str]
    something: str
    """Instead of a kind that says something about health."""
    bases: Mapping[str, str]
    reasons: Mapping[str, str]
    personal: Mapping[str, str]
    brief: Mapping[str, str]
    spoken: Mapping[str, str]
    subjects: Mapping[str, str]
    clock: str
    spoken_clock: str
    answer: str
    """In front of the address at which an offer is answered."""
