"""Languages: in which of the console's languages somebody is to be answered (pure)."""

from typing import Literal

Language = Literal["zh-CN", "en", "bo"]
_BY_PRIMARY: dict[str, Language] = {"zh": "zh-CN", "en": "en", "bo": "bo"}


def language_of(accept_language: str | None) -> Language:
    """The most wanted language that there is, by an `Accept-Language` header (RFC 9110); Chinese where none is.

    Of equally wanted languages the first counts. What cannot be read is passed over.
    """
    best: Language = "zh-CN"
    best_weight = 0.0
    for wanted in (accept_language or "").split(","):
        tag, _semicolon, weight = wanted.partition(";")
        language = _BY_PRIMARY.get(tag.strip().lower().partition("-")[0])
        if language is None:
            continue
        try:
            wish = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if best_weight < wish <= 1:
            best, best_weight = language, wish
    return best
