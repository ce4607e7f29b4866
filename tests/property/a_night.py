"""A night of one bed's messages, with gaps and with values of all kinds, for properties of the rules."""

from random import Random

from hypothesis import strategies as st

from carecircle_alerts.watch.seen import Said, Seen

NIGHT = 1_795_060_800.0 - 1_795_060_800.0 % 86_400 + 15 * 3600
"""Eleven in the evening in Xining."""


@st.composite
def messages_of_a_night(draw: st.DrawFn) -> list[Seen]:
    """Some hours of a mat, a door and a button, with gaps and with values of all kinds."""
    rng = draw(st.randoms(use_true_random=False))
    at, found = NIGHT, []
    for number in range(draw(st.integers(20, 120))):
        at += rng.choice((15.0, 30.0, 30.0, 60.0, 60.0, 400.0))
        key = (1, number + 1)
        match rng.randrange(12):
            case 0:
                found.append(Seen(at, at, "door", key, readings={"door_open": rng.random() < 0.5}))
            case 1:
                found.append(Seen(at, at, "button", key, said=Said(rng.random() < 0.8, float(rng.randrange(100)))))
            case 2:
                found.append(Seen(at, at, "radar", key, event=rng.choice(("fall", "tamper", "mains_lost", "apnoea"))))
            case _:
                found.append(Seen(at, at, "mat", key, readings=_readings(rng), quality=rng.choice((0.3, 0.9, 0.9))))
    return found


@st.composite
def messages_of_a_doubled_night(draw: st.DrawFn) -> list[Seen]:
    """A mat that begins to count double; now and then the doubled pattern is left, or something else speaks."""
    rng = draw(st.randoms(use_true_random=False))
    at, found = NIGHT, []
    for number in range(draw(st.integers(60, 160))):
        at += 60.0
        factor = 1.0 if number < 20 else rng.choice((2.0, 2.0, 2.0, 2.0, 2.1, 2.8, 1.0))
        readings: dict[str, float | bool] = {
            "in_bed": True,
            "movement": 0.05,
            "heart_rate": factor * 68.0 + rng.randrange(3),
            "respiratory_rate": factor * 15.0 + rng.randrange(2),
        }
        if draw(st.integers(0, 40)) == 0:
            readings["spo2"] = 70.0
        device = rng.choice(("mat",) * 20 + ("watch",))
        found.append(Seen(at, at, device, (1, number + 1), readings=readings, quality=0.9))
    return found


def _readings(rng: Random) -> dict[str, float | bool]:
    ill = rng.random() < 0.6
    return {
        "in_bed": rng.random() < 0.7,
        "movement": 0.05,
        "heart_rate": 140.0 if ill else 70.0,
        "respiratory_rate": 27.0 if ill else 16.0,
        "spo2": rng.choice((70.0, 92.0, 0.93)),
    }
