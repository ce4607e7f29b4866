"""Spoken: words for the codes of an export, as the pages have them in each language (I/O: one file of the pages).

The words are the pages' own: the build writes those of every group of codes into `pages/words.json`, so that nobody
keeps them twice. A code from newer devices or programs has none, and is shown as it is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from carecircle.errors import Unavailable
from carecircle_console.languages import Language
from carecircle_console.static import PAGES

WORDS = PAGES / "words.json"
_BETWEEN: Mapping[Language, str] = {"zh-CN": "、", "en": ", ", "bo": "། "}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One language's words by group and code."""

    language: Language
    groups: Mapping[str, Mapping[str, str]]

    @property
    def no_yes(self) -> tuple[str, str]:
        """What a statement says that is not so, and one that is."""
        return self.groups["statement"]["false"], self.groups["statement"]["true"]

    def word(self, group: str, code: object) -> str:
        """The word of a code; of a list of codes all of them, and nothing where there is none."""
        if code is None:
            return ""
        if isinstance(code, list):
            return _BETWEEN[self.language].join(self.word(group, one) for one in code)
        return self.groups[group].get(str(code), str(code))

    def rows(self, rows: Sequence[Sequence[object]], coded: Sequence[str | None]) -> Sequence[Sequence[object]]:
        """Rows with the word before each code; `coded` has the group of each column, and is empty where none has."""
        if not coded:
            return rows
        return [
            [cell for group, value in zip(coded, row, strict=True) for cell in self._cells(group, value)]
            for row in rows
        ]

    def _cells(self, group: str | None, value: object) -> tuple[object, ...]:
        return (value,) if group is None else (self.word(group, value), value)


def spoken_in(language: Language) -> Spoken:
    """The words of a language; raises `Unavailable` where the pages were never built."""
    return Spoken(language, _words()[language])


@lru_cache(maxsize=1)
def _words() -> Mapping[Language, Mapping[str, Mapping[str, str]]]:
    try:
        words: Mapping[Language, Mapping[str, Mapping[str, str]]] = json.loads(WORDS.read_bytes())
    except FileNotFoundError as missing:
        raise Unavailable(
            "页面尚未构建，缺少代码的文字；请先在 console/web 中执行 npm ci 与 npm run build"
        ) from missing
    return words
