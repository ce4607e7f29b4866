"""Person: where the resident is, since when, and whether asleep, as far as the sensors can tell (pure)."""

from msgspec import Struct

from carecircle_alerts.watch.seen import Value

_STIR = 0.25
"""Movement above this is more than a sleeper's; mats scale it to 0 to 1 (engineering proposal)."""
_FALLS_ASLEEP_S = 900.0
_SETTLES_S = 300.0
_SIGNS_INSIDE = frozenset({"sos", "press_test", "check_in", "motion", "bed_exit", "bed_return"})


class Person(Struct, array_like=True, gc=False):
    """Times are Unix seconds, None for never seen."""

    in_bed: bool | None = None
    bed_since: float | None = None
    left_after_s: float = 0.0
    """How long the last stay in bed was."""
    bed_seen: float | None = None
    stirred_at: float | None = None
    inside_at: float | None = None
    door_at: float | None = None
    active_at: float | None = None
    """The last sign of life that a person gives by moving."""

    def is_asleep(self, at: float) -> bool:
        """In bed for a quarter of an hour and still for five minutes."""
        if not self.in_bed or self.bed_since is None:
            return False
        stirred_at = self.bed_since if self.stirred_at is None else self.stirred_at
        return at - self.bed_since >= _FALLS_ASLEEP_S and at - stirred_at >= _SETTLES_S

    def may_be_out(self) -> bool:
        """Whether the door was used after the last sign of somebody inside."""
        return self.door_at is not None and (self.inside_at is None or self.door_at > self.inside_at)


def read(person: Person, at: float, readings: dict[str, Value]) -> None:
    """Take readings that are plausible, in order of time."""
    movement = readings.get("movement")
    if movement is not None and movement > _STIR:
        person.stirred_at = person.active_at = at
    in_bed = readings.get("in_bed")
    if in_bed is not None:
        if in_bed != person.in_bed:
            if person.in_bed and person.bed_since is not None:
                person.left_after_s = at - person.bed_since
            person.in_bed, person.bed_since = bool(in_bed), at
            person.active_at = at
        person.bed_seen = at
        if in_bed:
            person.inside_at = at
    if readings.get("presence"):
        person.inside_at = person.active_at = at
    if readings.get("door_open"):
        person.door_at = person.active_at = at


def hear(person: Person, at: float, event: str) -> None:
    """Take an event that a person makes."""
    if event in _SIGNS_INSIDE:
        person.inside_at = person.active_at = at
    elif event == "door_opened":
        person.door_at = person.active_at = at
