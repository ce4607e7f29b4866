"""Synthetic people: names that nobody can take for a real person's, phone numbers that cannot exist (pure).

A given name is a term of the sixty-year cycle (甲子, 乙丑 … 癸亥), a number beginning with 000 is assigned nowhere, and
mail goes to the reserved domain `.invalid`.
"""

from collections.abc import Iterator
from random import Random

_SURNAMES = "王李张马韩陈刘杨赵周吴徐孙朱冶祁"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CYCLE = [_STEMS[n % 10] + _BRANCHES[n % 12] for n in range(60)]


def synthetic_names(rng: Random) -> Iterator[str]:
    """All 960 names in a seeded order, each once."""
    names = [surname + given for surname in _SURNAMES for given in _CYCLE]
    rng.shuffle(names)
    return iter(names)


def impossible_phone(number: int) -> str:
    """A telephone number that no network assigns."""
    return f"000-{number // 10_000:04d}-{number % 10_000:04d}"


def invalid_mail(name: str) -> str:
    """An address under a domain that never exists (RFC 2606)."""
    return f"{name}@demo.invalid"
