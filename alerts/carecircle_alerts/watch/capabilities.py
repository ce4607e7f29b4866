"""Capabilities: what a device protects from, as it has shown itself, and whether that still holds (pure)."""

from msgspec import Struct

from carecircle_alerts.rules.gateway_silent import GatewaySilent
from carecircle_alerts.rules.lost_signal import LostSignal, silent_for
from carecircle_alerts.rules.silence import allowed_s
from carecircle_alerts.watch.around import Around, Device
from carecircle_alerts.watch.seen import Seen

_BY_READING = {
    "heart_rate": "vitals",
    "respiratory_rate": "vitals",
    "in_bed": "bed",
    "presence": "presence",
    "door_open": "door",
    "carbon_monoxide": "carbon_monoxide",
}
_BY_EVENT = {
    "sos": "call",
    "press_test": "call",
    "fall": "fall",
    "smoke": "smoke",
    "gas": "gas",
    "carbon_monoxide": "carbon_monoxide",
    "water": "water",
}


class Proof(Struct, frozen=True, gc=False):
    """One capability of one device: when it last proved to live, and for how long that counts. Unix seconds."""

    capability: str
    device: str
    heard: int | None
    valid_s: int
    holds: bool
    why: str


class Protection(Struct, frozen=True, gc=False):
    """Whether a bed is protected `at` a moment (Unix seconds): `yes`, `partly` or `no`, with each proof."""

    state: str
    at: int
    capabilities: tuple[Proof, ...]


def learn(device: Device, seen: Seen) -> None:
    """A device that says something of a kind can say it."""
    if seen.readings is not None:
        for name in seen.readings:
            found = _BY_READING.get(name)
            if found is not None and found not in device.can:
                device.can.append(found)
    elif seen.event is not None:
        found = _BY_EVENT.get(seen.event)
        if found is not None and found not in device.can:
            device.can.append(found)


def protection(around: Around, at: float, distrusted: list[str], silent: GatewaySilent, lost: LostSignal) -> Protection:
    """Judge each capability by its device's proof of life; without the home's box nothing holds."""
    home = around.home
    home_allowed_s = allowed_s(home, silent)
    home_heard = home.heard is not None and at - home.heard < home_allowed_s
    why = "" if home_heard else ("silent" if home.heard is not None else "never_heard")
    proofs = [Proof("gateway", "", _whole(home.heard), round(home_allowed_s), home_heard, why)]
    has_button, calls = False, False
    for name, device in sorted(around.devices.items()):
        valid_s = allowed_s(device, lost)
        why = _why_not(name, device, home, valid_s, distrusted) if home_heard else "gateway_silent"
        heard = _whole(device.heard)
        for capability in device.can:
            proofs.append(Proof(capability, name, heard, round(valid_s), not why, why))
            if capability == "call":
                has_button, calls = True, calls or not why
    # Without a button nobody can call, and without a box nothing is heard: that is no half of protection.
    if not home_heard or (has_button and not calls):
        state = "no"
    else:
        state = "yes" if all(proof.holds for proof in proofs) else "partly"
    return Protection(state, round(at), tuple(proofs))


def _why_not(name: str, device: Device, home: Device, valid_s: float, distrusted: list[str]) -> str:
    if device.heard is None:
        return "never_heard"
    if silent_for(device, home) >= valid_s:
        return "silent"
    return "sensor_error" if name in distrusted else ""


def _whole(at: float | None) -> int | None:
    return round(at) if at is not None else None
