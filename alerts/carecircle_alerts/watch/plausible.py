"""Plausible: which values can be a living person's or a room's; the others say something of the sensor alone (pure).

Wider than any clinical limit on purpose: what is alarming and possible must reach the rules. Ranges are what bodies and
rooms have been measured at, rounded outwards; an engineering proposal that needs clinical sign-off.
"""

from carecircle_alerts.watch.seen import Value

_POSSIBLE: dict[str, tuple[float, float]] = {
    "heart_rate": (20.0, 250.0),
    "respiratory_rate": (3.0, 70.0),  # radars say 0 where nobody is
    "spo2": (40.0, 100.0),
    "movement": (0.0, 1000.0),
    "room_temperature": (-45.0, 85.0),
    "humidity": (0.0, 100.0),
    "co2": (0.0, 50_000.0),
    "carbon_monoxide": (0.0, 20_000.0),
    "illuminance": (0.0, 200_000.0),
    "body_temperature": (30.0, 44.0),
    "systolic_pressure": (40.0, 300.0),
    "diastolic_pressure": (20.0, 200.0),
    "blood_glucose": (0.5, 60.0),
    "body_weight": (15.0, 400.0),
}


def why_impossible(name: str, value: Value) -> str | None:
    """`unit`: a share instead of percent; `range`: what nobody has; `type`: no number; None for what may be."""
    if isinstance(value, bool):
        return "type" if name in _POSSIBLE else None
    low, high = _POSSIBLE.get(name, (float("-inf"), float("inf")))
    if low <= value <= high:
        return None
    is_share = name in {"spo2", "humidity"} and 0 < value <= 1
    return "unit" if is_share and low > 1 else "range"
