"""Quantities: what a reading's name means, in which unit, and in which history table it is kept (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class History(StrEnum):
    """The wide history tables; one row holds all readings of one message."""

    VITALS = "vitals"
    ENVIRONMENT = "environment"
    SPOT_CHECK = "spot_check"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that a device measures. Units are UCUM codes; LOINC codes as the field uses them."""

    name: str
    unit: str
    history: History
    label: str
    loinc: str | None = None
    is_statement: bool = False


_ALL = (
    Quantity("heart_rate", "/min", History.VITALS, "心率", "8867-4"),
    Quantity("respiratory_rate", "/min", History.VITALS, "呼吸", "9279-1"),
    Quantity("spo2", "%", History.VITALS, "血氧", "59408-5"),
    Quantity("movement", "1", History.VITALS, "体动"),
    Quantity("in_bed", "", History.VITALS, "在床", is_statement=True),
    Quantity("presence", "", History.VITALS, "有人", is_statement=True),
    Quantity("room_temperature", "Cel", History.ENVIRONMENT, "室温"),
    Quantity("humidity", "%", History.ENVIRONMENT, "湿度"),
    Quantity("co2", "[ppm]", History.ENVIRONMENT, "二氧化碳"),
    Quantity("carbon_monoxide", "[ppm]", History.ENVIRONMENT, "一氧化碳"),
    Quantity("illuminance", "lx", History.ENVIRONMENT, "照度"),
    Quantity("door_open", "", History.ENVIRONMENT, "门开", is_statement=True),
    Quantity("body_temperature", "Cel", History.SPOT_CHECK, "体温", "8310-5"),
    Quantity("systolic_pressure", "mm[Hg]", History.SPOT_CHECK, "收缩压", "8480-6"),
    Quantity("diastolic_pressure", "mm[Hg]", History.SPOT_CHECK, "舒张压", "8462-4"),
    Quantity("blood_glucose", "mmol/L", History.SPOT_CHECK, "血糖", "15074-8"),
    Quantity("body_weight", "kg", History.SPOT_CHECK, "体重", "29463-7"),
)

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _ALL}


def quantities_of(history: History) -> tuple[Quantity, ...]:
    """The quantities kept in one history table, in column order."""
    return tuple(quantity for quantity in _ALL if quantity.history is history)
