"""Ledger: what the lifeline has promised to tell, what is done of it, and what the database has yet to learn (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from carecircle.committed import Committed
from carecircle_alerts.lifeline.records import Begun, Entry, Further, Reconciled, Settled, Telling, Tried
from carecircle_alerts.lifeline.waiting_room import name_of

# For so long a telling is tried again; then the one who does not answer is left to the engine, or to nobody.
TRIES_FOR = timedelta(minutes=15)
# Who of the centre was told is asked for as far back as one question goes, a few minutes; a call may be tried for a
# quarter of an hour before it is closed. Whenever a call is closed, what is older than this is forgotten.
HEARD_FOR = timedelta(minutes=30)
_CENTRE = "dispatcher"


@dataclass(slots=True)
class Open:
    """A call of which people are told and that is not reconciled."""

    begun: Begun
    further: list[Further] = field(default_factory=list)
    settled: dict[UUID, Settled] = field(default_factory=dict)
    tried: dict[UUID, Tried] = field(default_factory=dict)
    """Ways that may have been handed their telling already and would not know it again."""
    superseded: set[UUID] = field(default_factory=set)
    """Tellings to the centre that a later round says anew to the same person: one of them is enough."""
    is_committed: bool = False
    """The engine has said that it has the call, so that what is not told yet is its own work now."""
    known_settled: int = -1
    """How many settled tellings the database knows; -1 while it does not know the call."""

    def rounds(self) -> list[tuple[datetime, list[Telling]]]:
        """When whom was begun to be told, first round first."""
        return [(self.begun.begun_at, self.begun.tellings), *((one.at, one.tellings) for one in self.further)]

    def tellings(self) -> list[Telling]:
        """Everybody of all rounds."""
        return [one for _at, tellings in self.rounds() for one in tellings]

    def waiting(self) -> list[Telling]:
        """Who has not been told yet."""
        return [one for one in self.tellings() if one.key not in self.settled and one.key not in self.superseded]

    def wants(self, telling: Telling, now: datetime) -> bool:
        """Whether a telling that has not been handed over yet is still to be sent."""
        return telling.key not in self.superseded and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more will be sent."""
        return self.is_committed or not self.waiting() or now - self.begun.begun_at > TRIES_FOR

    def has_news(self) -> bool:
        """Whether there is something that the database does not know."""
        return len(self.settled) > self.known_settled

    def handed_over(self) -> list[tuple[Telling, Settled]]:
        """What was told, by which way and when."""
        found = ((one, self.settled.get(one.key)) for one in self.tellings())
        return [(one, settled) for one, settled in found if settled is not None and settled.way is not None]


class Ledger:
    """Open calls by the id of their own incident, in the order in which they were journaled."""

    def __init__(self) -> None:
        self._open: dict[UUID, Open] = {}
        self._by_name: dict[Committed, UUID] = {}
        self._of_telling: dict[UUID, UUID] = {}
        self._heard: dict[tuple[str, str], dict[str, datetime]] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Ledger":
        """What a journal says."""
        ledger = cls()
        for entry in entries:
            ledger.write(entry)
        return ledger

    def write(self, entry: Entry) -> None:
        """Follow the journal; what speaks of a call that is not open changes nothing."""
        match entry:
            case Begun(incident_id):
                if incident_id not in self._open:
                    self._supersede(entry.bed, entry.kind, entry.tellings)
                    self._open[incident_id] = Open(entry)
                    self._by_name[name_of(entry.called())] = incident_id
                    self._remember(incident_id, entry.tellings)
            case Further(incident_id):
                call = self._open.get(incident_id)
                if call is not None and entry not in call.further:
                    self._supersede(call.begun.bed, call.begun.kind, entry.tellings)
                    call.further.append(entry)
                    self._remember(incident_id, entry.tellings)
            case Tried(key, way):
                if (call := self._with(key)) is not None:
                    call.tried[way] = entry
            case Settled(key):
                if (call := self._with(key)) is not None:
                    call.settled.setdefault(key, entry)
            case Reconciled(incident_id, at):
                self._close(incident_id)
                self._forget_heard(at - HEARD_FOR)

    def _remember(self, incident_id: UUID, tellings: Iterable[Telling]) -> None:
        self._of_telling.update({one.key: incident_id for one in tellings})

    def _supersede(self, bed: str, kind: str, tellings: Iterable[Telling]) -> None:
        """What waits for the same people of the centre is said by these: their telephone rings once for all of it."""
        anew = {one.recipient_id for one in tellings if one.audience == _CENTRE}
        for call in self.of_danger(bed, kind):
            old = (one for one in call.waiting() if one.audience == _CENTRE and one.recipient_id in anew)
            call.superseded.update(one.key for one in old)

    def _with(self, telling: UUID) -> Open | None:
        """The open call that has a telling."""
        incident_id = self._of_telling.get(telling)
        return self._open.get(incident_id) if incident_id is not None else None

    def _close(self, incident_id: UUID) -> None:
        call = self._open.pop(incident_id, None)
        if call is not None:
            self._by_name.pop(name_of(call.begun.called()), None)
            for one in call.tellings():
                self._of_telling.pop(one.key, None)
            told = {one.recipient_id: settled.at for one, settled in call.handed_over() if one.audience == _CENTRE}
            if told:
                # Those heard of last stand last.
                danger = (call.begun.bed, call.begun.kind)
                self._heard[danger] = self._heard.pop(danger, {}) | told

    def _forget_heard(self, before: datetime) -> None:
        """Forget who was told of a danger so long ago that nobody asks any more; each danger with its last one."""
        while self._heard:
            danger, heard = next(iter(self._heard.items()))
            if max(heard.values()) >= before:
                return
            del self._heard[danger]

    @property
    def remembered(self) -> int:
        """Of how many dangers whose calls are closed it is known who of the centre was told."""
        return len(self._heard)

    def committed(self, what: Committed) -> None:
        """The engine has said that it has a call."""
        incident_id = self._by_name.get(what)
        if incident_id is not None:
            self._open[incident_id].is_committed = True

    def get(self, incident_id: UUID) -> Open | None:
        """An open call."""
        return self._open.get(incident_id)

    def heard(self, bed: str, kind: str, since: datetime) -> set[str]:
        """Who of the centre was told of this danger since then, by calls that are closed by now."""
        return {person for person, at in self._heard.get((bed, kind), {}).items() if at >= since}

    def open(self) -> list[Open]:
        """All of them, oldest first."""
        return list(self._open.values())

    def of_danger(self, bed: str, kind: str) -> list[Open]:
        """The open calls of one bed and kind, which are one incident."""
        return [one for one in self._open.values() if (one.begun.bed, one.begun.kind) == (bed, kind)]

    def dangers(self) -> list[list[Open]]:
        """All open calls by bed and kind, oldest first."""
        found: dict[tuple[str, str], list[Open]] = {}
        for one in self._open.values():
            found.setdefault((one.begun.bed, one.begun.kind), []).append(one)
        return list(found.values())

    def asked(self, now: datetime) -> set[str]:
        """Responders with a question of ours that they can still answer: nobody is asked to two doors at once."""
        return {one.recipient_id for one in self._tellings() if one.asking and one.asking.expires_at > now}

    def entries(self) -> Iterator[Entry]:
        """A journal that says the same and nothing that is over."""
        for call in self._open.values():
            yield call.begun
            yield from call.further
            yield from call.tried.values()
            yield from call.settled.values()

    def __len__(self) -> int:
        return len(self._open)

    def _tellings(self) -> Iterator[Telling]:
        return (one for call in self._open.values() for one in call.tellings())
