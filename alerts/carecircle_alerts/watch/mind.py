"""Mind: everything that the rules remember of one bed; messages go in, signals come out, in event time (pure).

A message waits until `LATENESS_S` have passed since it was measured, and is then judged in the order of measurement:
neither a repeat nor a delay within that time changes what is found. One that comes later still is history: it proves
that its device lives, and no rule judges it. Calls for help do not come this way; they wait for nothing.
"""

from bisect import insort
from collections.abc import Iterable

from msgspec import Struct, field, msgpack

from carecircle_alerts.incident import Family, Kind
from carecircle_alerts.rules.rule import FAULT, STATUS, Memory, Rule, Signal, Turn
from carecircle_alerts.rules.sensor_error import STILL_BELIEVED, SensorError, doubts, has_left
from carecircle_alerts.rules.settings import RuleSet
from carecircle_alerts.watch import person
from carecircle_alerts.watch.around import Around, Device, Last, baseline_key
from carecircle_alerts.watch.baseline import SCALES, Baseline, add
from carecircle_alerts.watch.capabilities import learn
from carecircle_alerts.watch.doubted import Doubt, others_speak, release, sift
from carecircle_alerts.watch.hold import Change
from carecircle_alerts.watch.plausible import why_impossible
from carecircle_alerts.watch.seen import Seen

LATENESS_S = 45.0
"""What radio, gateway and broker may need between them; readings that wait longer are history."""
PATIENCE_S = 30.0
"""A bed that speaks every minute is judged with its next word; only one that stops is looked at for its last."""
MOST_WAITING = 500
"""Messages of one bed that wait for their turn; beyond that the oldest is judged at once, and order is not promised."""
_FORGETS = 0.98
_HOME_GAP_S = 300.0
_FEW = 10
_FIRST_DAY_S, _LEARNS_AT_ONCE_S = 86_400.0, 4000.0
_NEVER = float("inf")
_EMPTY = Memory()
_ERROR = Kind.SENSOR_ERROR.value


class Mind(Struct, array_like=True, gc=False):
    """One bed. `settled` is the moment up to which everything has been judged."""

    settled: float = 0.0
    due: float = _NEVER
    around: Around = field(default_factory=Around)
    waiting: list[Seen] = field(default_factory=list)
    memories: dict[str, Memory] = field(default_factory=dict)
    distrusted: list[str] = field(default_factory=list)
    faults: dict[str, dict[str, str]] = field(default_factory=dict)
    kept: int = -1
    """The half day in which this memory was last kept for hindsight."""
    doubted: dict[str, Doubt] = {}
    """Devices that may count double."""

    def next_at(self) -> float:
        """When it wants to be settled, if nothing comes before."""
        return min(self.due, self.waiting[0].at + PATIENCE_S if self.waiting else _NEVER)


def new_mind(at: float, altitude_m: int) -> Mind:
    """A bed that begins to be watched at `at` (Unix seconds)."""
    mind = Mind(settled=at, due=at)
    mind.around.altitude_m = altitude_m
    mind.around.home.known_since = at
    return mind


def know(mind: Mind, device: str, at: float) -> Device:
    """A device of this bed; one that is new has been known since `at`."""
    devices = mind.around.devices
    if device not in devices:
        devices[device] = Device(at, missed_s=mind.around.home.missed_s)
    return devices[device]


def take(mind: Mind, seen: Seen, faults: dict[str, str] | None = None) -> bool:
    """Note that a device lives, and let its message wait for its turn; False for a repeat and for what is history.

    `faults`: what is already known to be wrong with the message, such as its clock, by quantity or part.
    """
    device = know(mind, seen.device, seen.received)
    is_newer, device.key = seen.key > device.key, max(device.key, seen.key)
    _heard(mind, device, seen)
    if seen.at <= mind.settled or any(one.key == seen.key and one.device == seen.device for one in mind.waiting):
        return False
    if faults:
        if "clock" in faults and not is_newer:
            return False  # without a time of its own a repeat is known by its number alone
        mind.faults[_name(seen)] = faults
    insort(mind.waiting, seen, key=Seen.order)
    return True


def _name(seen: Seen) -> str:
    return f"{seen.device}/{seen.key[0]}/{seen.key[1]}"


def settle(mind: Mind, until: float, rules: RuleSet) -> list[Signal]:
    """Judge everything up to `until` (Unix seconds): messages and the passing of time, each in its turn."""
    signals: list[Signal] = []
    while True:
        first = mind.waiting[0] if mind.waiting else None
        message_at = first.at if first is not None else _NEVER
        if len(mind.waiting) > MOST_WAITING:
            until = max(until, message_at)
        at = min(message_at, mind.due)
        if at > until:
            break
        mind.settled = max(mind.settled, at)
        is_time = mind.due <= message_at
        said = _pass_time(mind, mind.due, rules) if is_time else _judge(mind, mind.waiting.pop(0), rules)
        signals += _sift(mind, at, said, rules) if mind.doubted else said
    mind.settled = max(mind.settled, until)
    return signals


def _heard(mind: Mind, device: Device, seen: Seen) -> None:
    home = mind.around.home
    if seen.said is None or seen.said.online:
        gap_s = seen.received - home.heard if home.heard is not None else 0.0
        # A device that speaks in its usual time shows that its home could be heard, however quiet it was.
        own_gap_s = seen.received - device.heard if device.heard is not None else gap_s
        is_missed = gap_s > max(_HOME_GAP_S, 2 * (home.usual_s or 0)) and own_gap_s > 2 * (device.usual_s or 0)
        if is_missed:
            home.missed_s += gap_s
        # A time in which the whole home was not heard, or in which nobody listened, is nobody's habit.
        learns = not is_missed or home.count < _FEW
        _lives(home, seen.received, learns=learns)
        _lives(device, seen.received, learns=learns)
        device.missed_s = home.missed_s
    if seen.said is not None:
        # A last will, numbered 0, speaks of a connection; who was connected by it shows in who falls silent.
        device.online = seen.said.online or seen.key[1] == 0
    elif device.online is False:
        device.online = True
    learn(device, seen)


def _lives(device: Device, at: float, *, learns: bool) -> None:
    if device.heard is not None and learns:
        gap_s = at - device.heard
        usual_s = device.usual_s
        # On the first day any gap counts; later the longest is learnt by doubling, so that one outage does not make a
        # device a sluggish one.
        most_s = _LEARNS_AT_ONCE_S if at - device.known_since < _FIRST_DAY_S else 2 * max(usual_s or 0.0, 1.0)
        device.usual_s = max(min(gap_s, most_s), _FORGETS * (usual_s or 0.0))
    device.heard = max(at, device.heard or at)
    device.count += 1


def _pass_time(mind: Mind, at: float, rules: RuleSet) -> list[Signal]:
    signals: list[Signal] = []
    for rule in rules.ticked():
        mind.memories.setdefault(rule.name, Memory(due=at))
    for name, memory in list(mind.memories.items()):
        if memory.due is not None and memory.due <= at:
            known = rules.rule(name)
            if known is None:
                mind.memories.pop(name)
            else:
                _ask(mind, known, Turn(at, None, mind.around), rules, signals)
                after = mind.memories[name]
                if after.due is not None and after.due <= at:
                    raise AssertionError(f"{name} asks to be asked again at the same moment")
    _set_due(mind)
    return signals


def _set_due(mind: Mind) -> None:
    mind.due = min((one.due for one in mind.memories.values() if one.due is not None), default=_NEVER)


def _judge(mind: Mind, seen: Seen, rules: RuleSet) -> list[Signal]:
    around, signals = mind.around, list[Signal]()
    faults = dict(mind.faults.pop(_name(seen), {})) if mind.faults else {}
    if seen.readings is not None:
        seen = _keep_possible(mind, seen, faults)
    elif seen.event is not None:
        person.hear(around.person, seen.at, seen.event)
    turn = Turn(seen.at, seen, around, faults)
    distrusted = seen.device in mind.distrusted
    for rule in _concerned(mind, seen, faults, rules):
        if distrusted and rule.family is Family.CLINICAL:
            continue
        _ask(mind, rule, turn, rules, signals)
        distrusted = seen.device in mind.distrusted
    return signals


def _sift(mind: Mind, at: float, said: list[Signal], rules: RuleSet) -> list[Signal]:
    """What is told of what was said in one turn; what waited is told first, once there is reason to."""
    errors, settings = mind.memories.get(_ERROR, _EMPTY), rules.settings[_ERROR]
    assert isinstance(settings, SensorError)
    speak = others_speak(mind.memories, mind.doubted)
    for device, doubt in list(mind.doubted.items()):
        is_over = rules.rule(_ERROR) is None or not doubts(errors, device)
        believed = is_over or speak or has_left(errors, device, settings)
        after, found = sift(doubt, device, said, believed=believed)
        if believed:
            after, waited = release(after, at)
            found = [*waited, *found]
        said, mind.doubted[device] = found, after
        if is_over:
            del mind.doubted[device]
    return said


def _keep_possible(mind: Mind, seen: Seen, faults: dict[str, str]) -> Seen:
    """The message without what cannot be; what can is taken into the picture of the bed."""
    readings, around, at = seen.readings, mind.around, seen.at
    assert readings is not None
    for name, value in readings.items():
        why = why_impossible(name, value)
        if why is not None:
            faults[name] = why
    if faults:
        readings = {name: value for name, value in readings.items() if name not in faults}
        seen = Seen(at, seen.received, seen.device, seen.key, readings=readings, quality=seen.quality)
    person.read(around.person, at, readings)
    for name, value in readings.items():
        around.quantities[name] = Last(value, at, seen.device)
    if "heart_rate" in readings or "spo2" in readings or "respiratory_rate" in readings:
        _learn_usual(mind, seen, readings)
    return seen


def _learn_usual(mind: Mind, seen: Seen, readings: dict[str, float | bool]) -> None:
    errors = mind.memories.get(_ERROR)
    if errors is not None and doubts(errors, seen.device):
        return
    asleep = mind.around.person.is_asleep(seen.at)
    for name, scale in SCALES.items():
        value = readings.get(name)
        if value is not None:
            key = baseline_key(name, asleep=asleep)
            baseline = mind.around.baselines.get(key)
            if baseline is None:
                baseline = mind.around.baselines[key] = Baseline()
            add(baseline, scale, seen.at, value, doubted=_is_told(mind, name))


def _concerned(mind: Mind, seen: Seen, faults: dict[str, str], rules: RuleSet) -> Iterable[Rule]:
    if seen.readings is not None:
        tokens = tuple(seen.readings)
    elif seen.event is not None:
        tokens = (f"event:{seen.event}",)
    else:
        tokens = (STATUS,)
    found = rules.hearing((*tokens, FAULT) if faults else tokens)
    # Most messages end nothing, and these few are asked on every one.
    ending = [rule for rule in rules.endings() if _is_told(mind, rule.name) and rule not in found]
    return (*ending, *found) if ending else found


def _is_told(mind: Mind, rule: str) -> bool:
    memory = mind.memories.get(rule)
    return memory is not None and memory.is_open()


def _ask(mind: Mind, rule: Rule, turn: Turn, rules: RuleSet, signals: list[Signal]) -> None:
    before = mind.memories.get(rule.name, _EMPTY)
    after, said = rule.step(before, turn, rules.settings[rule.name])
    if after is not before:
        mind.memories[rule.name] = after
        if after.due != before.due:
            _set_due(mind)
    for signal in said:
        if signal.kind is Kind.SENSOR_ERROR:
            _trust(mind, signal)
        signals.append(signal)


def _trust(mind: Mind, signal: Signal) -> None:
    if signal.why.get("code") == STILL_BELIEVED:
        mind.doubted[signal.device] = Doubt()
        return
    if signal.change is Change.CLEARED:
        mind.distrusted = [one for one in mind.distrusted if one != signal.device]
    elif signal.device not in mind.distrusted:
        mind.distrusted.append(signal.device)


_encoder = msgpack.Encoder()
_decoder = msgpack.Decoder(Mind)


def freeze(mind: Mind) -> bytes:
    """As the database keeps it."""
    return _encoder.encode(mind)


def thaw(frozen: bytes) -> Mind:
    """As it was; raises `msgspec.ValidationError` for what another version has written."""
    return _decoder.decode(frozen)
