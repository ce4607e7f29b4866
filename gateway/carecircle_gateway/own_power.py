"""What the box itself runs on, as Linux tells it below /sys/class/power_supply (I/O, reads a few small files)."""

from dataclasses import dataclass
from pathlib import Path

_SUPPLIES = Path("/sys/class/power_supply")


@dataclass(frozen=True, slots=True)
class OwnPower:
    """`power` in the contract's words, `battery` in percent; None where the machine does not say."""

    power: str | None = None
    battery: float | None = None


def own_power(supplies: Path = _SUPPLIES) -> OwnPower:
    """Read it. A box without a battery of its own says nothing, and then it is mains that keep it alive."""
    power: str | None = None
    battery: float | None = None
    for supply in sorted(supplies.glob("*")):
        match _read(supply / "type"):
            case "Mains" | "USB":
                power = "mains" if _read(supply / "online") == "1" else power or "battery"
            case "Battery" if (capacity := _read(supply / "capacity")).isdecimal():
                battery = min(100.0, float(capacity))
            case _:
                pass
    if battery is not None and power is None:
        power = "battery"
    return OwnPower(power, battery)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
