"""Names of the made-up streets: each says that it belongs to a demonstration (pure)."""

_DIGITS = "零一二三四五六七八九"
_TEN = 10


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese characters."""
    tens, ones = divmod(number, _TEN)
    return ("" if tens == 0 else ("" if tens == 1 else _DIGITS[tens]) + "十") + (_DIGITS[ones] if ones else "")


def avenue_or_street(line: int, *, is_northward: bool) -> dict[str, str]:
    """The name of a line of the city's grid."""
    way, in_english = ("南北", "North-South") if is_northward else ("东西", "East-West")
    return {"name": f"演示{way}{chinese(line + 1)}路", "name:en": f"Demo {in_english} Road {line + 1}"}


def country_road(number: int) -> dict[str, str]:
    """The name of a road between villages."""
    return {"name": f"演示乡道{chinese(number)}", "name:en": f"Demo Country Road {number}"}


def village_road(township: str) -> dict[str, str]:
    """The name of the roads within a township."""
    return {"name": f"演示{township}村道", "name:en": "Demo Village Road"}
