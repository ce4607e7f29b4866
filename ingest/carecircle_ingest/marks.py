"""Marks: up to which of its messages a sender may forget, because all of them are committed (pure).

Only a sender that says `oldest` keeps and repeats, so only such a sender gets marks. Nothing is kept here that the next
message of the sender does not bring again: a restart of ingest costs a few repeats and no message.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from carecircle.payloads import Command, encode_payload
from carecircle.topics import Kind, Topic

_PAUSE_S = 2.0
_AT_ONCE = 100  # a backlog drains as fast as we store it, not as fast as a clock ticks
_MOST_SENDERS = 100_000
_MOST_AHEAD = 10_000

Sender = tuple[str, str, str, int]
"""County, bed, device and boot."""


@dataclass(slots=True)
class _Run:
    """The unbroken run of committed messages of one sender ends at `mark`; `ahead` are committed beyond a gap."""

    mark: int
    ahead: set[int] = field(default_factory=set)
    said: int = -1
    said_at: float = float("-inf")


class Marks:
    """What is committed of each sender. Bounded: the sender unheard for longest is forgotten, and begins anew."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Sender, _Run] = OrderedDict()
        self._to_say: dict[Sender, _Run] = {}

    def note(self, topic: Topic, boot: int, seq: int, oldest: int | None, since: int | None = None) -> None:
        """This message is committed; `oldest` is what its sender still keeps, None for one that keeps nothing.

        With `since` it stands for all numbers from there up to its own: the others were thinned out and never come.
        """
        if oldest is None or seq == 0:
            return
        sender = (topic.county, topic.bed, topic.device, boot)
        run = self._runs.get(sender)
        if run is None:
            run = self._runs[sender] = _Run(oldest - 1)
            if len(self._runs) > _MOST_SENDERS:
                self._to_say.pop(self._runs.popitem(last=False)[0], None)
        else:
            self._runs.move_to_end(sender)
        if seq <= run.mark:
            run.said = -1  # it repeats what it may forget: it has not heard
        _advance(run, seq, oldest, seq if since is None else since)
        if run.mark > run.said:
            self._to_say[sender] = run

    def due(self, now: float, at_ms: int | None = None) -> list[tuple[str, bytes]]:
        """Topic and payload of every mark to publish; `now` is monotonic. What is returned counts as said.

        `at_ms` is Unix time, which marks bring to homes that have no clock.
        """
        said = []
        for sender, run in list(self._to_say.items()):
            if now - run.said_at < _PAUSE_S and (run.said < 0 or run.mark - run.said < _AT_ONCE):
                continue
            county, bed, device, boot = sender
            command = Command(id=f"s{boot}-{run.mark}", stored=(boot, run.mark), at=at_ms)
            said.append((str(Topic(county, bed, device, Kind.COMMAND)), encode_payload(command)))
            run.said, run.said_at = run.mark, now
            del self._to_say[sender]
        return said


def _advance(run: _Run, seq: int, oldest: int, since: int) -> None:
    if oldest - 1 > run.mark:
        run.mark = oldest - 1
        run.ahead = {one for one in run.ahead if one > run.mark}
    if since <= run.mark < seq:
        run.mark = seq
    elif seq > run.mark and len(run.ahead) + seq - since < _MOST_AHEAD:
        run.ahead.update(range(min(since, seq), seq + 1))
    while run.mark + 1 in run.ahead:
        run.mark += 1
        run.ahead.remove(run.mark)
    if since < seq:
        run.ahead = {one for one in run.ahead if one > run.mark}
