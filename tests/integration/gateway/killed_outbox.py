"""A box that is killed: run by test_outbox_kill.py as its own process, which forks a child for every line to die at.

For each N the child works through the same small day, says on a pipe what the outbox answered for, and is killed with
SIGKILL when it is about to run the Nth line of the outbox's code. The parent then opens the file and compares. The last
line of standard output is a JSON object with what it found.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from carecircle.payloads import Event, Readings, Telemetry
from carecircle.topics import Kind
from carecircle_gateway import outbox as outbox_module
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.outbox import Outbox

_CODE = {outbox_module.__file__, str(Path(outbox_module.__file__).with_name("outbox_file.py"))}
_NOW_MS = 1_795_420_800_000
_ROUNDS = 3


def _event(at: int) -> Outgoing:
    return Outgoing("button", Kind.EVENT, Urgency.ALARM, Event(boot=0, seq=0, at=at, event="sos"))


def _telemetry(at: int) -> Outgoing:
    payload = Telemetry(boot=0, seq=0, at=at, readings=Readings(humidity=40.0))
    return Outgoing("climate", Kind.TELEMETRY, Urgency.TELEMETRY, payload)


def _day(path: Path, say: int) -> None:
    """Work like a box, and say `have <id> <at>` and `gone <id>` only after the outbox answered."""
    outbox = Outbox.open(path, _NOW_MS, max_bytes=6_000)
    for number in range(_ROUNDS):
        at = _NOW_MS + number
        entries = outbox.accept([_event(at), *(_telemetry(at) for _ in range(4))], {"button": str(number)}, at)
        os.write(say, f"have {entries[0].boot} {entries[0].seq} {at}\nmemory {number}\n".encode())
        if number == 1:
            os.write(say, f"going {entries[0].boot} {entries[0].seq}\n".encode())
            outbox.confirm("button", entries[0].boot, entries[0].seq, is_stored=True)
            os.write(say, f"gone {entries[0].boot} {entries[0].seq}\n".encode())
        outbox.forget([entry.id for entry in outbox.waiting_others(2, {})])
        outbox.forget_stored({("climate", outbox.boot): 3})
    outbox.give_up_old(_NOW_MS)
    outbox.close()


def _die_at(line: int) -> None:
    lines = 0

    def trace(frame: FrameType, event: str, _argument: object) -> object:
        nonlocal lines
        if frame.f_code.co_filename not in _CODE:
            return None
        if event == "line":
            lines += 1
            if lines == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]


def _run_killed(path: Path, line: int) -> tuple[list[str], bool]:
    """What the child said, and whether it was killed."""
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(hear)
            _die_at(line)
            _day(path, say)
        finally:
            os._exit(0)
    os.close(say)
    with os.fdopen(hear) as pipe:
        said = pipe.read().splitlines()
    _, status = os.waitpid(child, 0)
    return said, os.WIFSIGNALED(status)


def _check(path: Path, said: list[str]) -> list[str]:
    """What is wrong with the file after the child's end, given what the child said before it."""
    have = {(line.split()[1], line.split()[2]): line.split()[3] for line in said if line.startswith("have")}
    gone = {tuple(line.split()[1:]) for line in said if line.startswith("gone")}
    going = {tuple(line.split()[1:]) for line in said if line.startswith("going")}
    remembered = [line.split()[1] for line in said if line.startswith("memory")]
    outbox = Outbox.open(path, _NOW_MS)
    kept = [found for entry_id, _ in outbox.waiting_events() if (found := outbox.entry(entry_id))]
    waiting = {(str(entry.boot), str(entry.seq)): json.loads(entry.payload) for entry in kept}
    wrong = [f"lost {key}" for key in have.keys() - going - waiting.keys()]
    wrong += [f"came back {key}" for key in gone & waiting.keys()]
    wrong += [f"changed {key}" for key in have.keys() & waiting.keys() if str(waiting[key]["at"]) != have[key]]
    wrong += [f"boot {outbox.boot} used before" for key in have if int(key[0]) >= outbox.boot]
    memory = outbox.recall("button")
    if remembered and (memory is None or int(memory) < int(remembered[-1])):
        wrong.append(f"forgot {remembered[-1]}, knows {memory}")
    # A press and its memory are one transaction: never the one without the other.
    told = [payload["at"] - _NOW_MS for payload in waiting.values()]
    if told and (memory is None or int(memory) < max(told)):
        wrong.append("a press without its memory")
    outbox.close()
    return wrong


def main() -> None:
    deaths, wrong, line = 0, [], 0
    while True:
        line += 1
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "outbox.sqlite"
            said, was_killed = _run_killed(path, line)
            wrong += [f"line {line}: {what}" for what in _check(path, said)]
        if not was_killed:
            break
        deaths += 1
    sys.stdout.write(json.dumps({"deaths": deaths, "wrong": wrong, "answers": len(said)}) + "\n")


main()
