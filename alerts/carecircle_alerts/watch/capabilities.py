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


class Proof(Struct, frozen=True):
    """One capability of one device: when it last proved to live, and until when that counts. Unix seconds."""

    capability: str
    device: str
    heard: float | None
    valid_s: float
    holds: bool
    why: str


class Protection(Struct, frozen=True):
    """Whether a bed is protected now: `yes`, `partly` or `no`, with the proof of each capability."""

    state: str
    proofs: tuple[Proof, ...]


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
    home_heard = home.heard is not None and at - home.heard < allowed_s(home, silent)
    proofs = [Proof("gateway", "", home.heard, allowed_s(home, silent), home_heard, "" if home_heard else "silent")]
    for name, device in sorted(around.devices.items()):
        valid_s = allowed_s(device, lost)
        why = ""
        if not home_heard:
            why = "gateway_silent"
        elif device.heard is None:
            why = "never_heard"
        elif silent_for(device, home) >= valid_s:
            why = "silent"
        elif name in distrusted:
            why = "sensor_error"
        proofs += [Proof(one, name, device.heard, valid_s, not why, why) for one in device.can]
    held = {proof.capability for proof in proofs if proof.holds}
    wanted = {proof.capability for proof in proofs}
    # Without a button nobody can call, and without a box nothing is heard: that is no half of protection.
    if not home_heard or ("call" in wanted and "call" not in held):
        state = "no"
    else:
        state = "yes" if held == wanted and all(proof.holds for proof in proofs) else "partly"
    return Protection(state, tuple(proofs))
