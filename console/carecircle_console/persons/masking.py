"""Masking: free text of one person's records without other people's names and numbers in it (pure).

Names are those that the database knows in connection with the person; a name that nobody entered anywhere stays, which
the file's own README says. Numbers are whatever could be a telephone, an identity card or a mailbox.
"""

import re
from collections.abc import Iterable

NAME = "〔他人〕"
NUMBER = "〔号码〕"

_SHORTEST_NAME = 2
# Seven digits are the shortest telephone number; a day such as 2026-11-27 has other marks between its digits.
_NUMBER = re.compile(
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
    r"|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
    r"|(?<![\d.])\d{7,}(?![\d.])"
)


class Mask:
    """Covers what is others'; `own` are the person's name and number, which stay."""

    def __init__(self, others: Iterable[str], own: Iterable[str | None]) -> None:
        self._own = {text for text in own if text}
        names = {name.strip() for name in others} - self._own
        longest_first = sorted((name for name in names if len(name) >= _SHORTEST_NAME), key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text as it may be shown."""
        if self._names is not None:
            text = self._names.sub(NAME, text)
        return _NUMBER.sub(lambda found: found.group() if found.group() in self._own else NUMBER, text)
