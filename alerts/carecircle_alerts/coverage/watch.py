"""Watch: keeps coverage computed, in a process of its own that nothing else waits for (I/O)."""

import signal
import threading
from types import FrameType

import psycopg
import structlog
from psycopg.rows import dict_row

from carecircle.clock import Clock
from carecircle.errors import Conflict, Misconfigured
from carecircle_alerts.coverage.figures import CHINA
from carecircle_alerts.coverage.nightly import why_due
from carecircle_alerts.coverage.run import Stopped, be_the_only_one, compute
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.coverage.source import Roads
from carecircle_alerts.coverage.store import latest_run

_LOOK_S = 60.0
_DATABASE_AWAY_S = 5.0

_log = structlog.get_logger()


class Watch:
    """Looks once a minute whether a run is due; of several such processes one computes."""

    def __init__(self, settings: CoverageSettings, clock: Clock, stop: threading.Event) -> None:
        self._settings = settings
        self._clock = clock
        self._stop = stop
        self._roads = Roads(settings)

    def run(self) -> None:
        """Run until it is stopped; a part that is being computed is finished first."""
        while not self._stop.is_set():
            self._stop.wait(self.look())

    def look(self) -> float:
        """Compute when it is time; how many seconds to wait before the next look."""
        try:
            self._compute_if_due()
        except psycopg.OperationalError as error:
            _log.warning("database_away", error=type(error).__name__)
            return _DATABASE_AWAY_S
        except Stopped:
            return 0.0
        except Conflict:
            _log.info("another_coverage_is_at_work")
        except Misconfigured as error:
            _log.warning("coverage_has_no_roads", why=str(error))
        return _LOOK_S

    def _compute_if_due(self) -> None:
        now = self._clock.now()
        source = self._roads.at(now)
        url = self._settings.database_url.get_secret_value()
        with psycopg.connect(url, autocommit=True, row_factory=dict_row, connect_timeout=5) as connection:
            why = why_due(latest_run(connection), source, now, self._settings.coverage_hour)
            if why is None:
                return
            be_the_only_one(connection)
            _log.info("coverage_begins", why=why, basis=source.basis)
            run = compute(
                connection,
                source,
                day=now.astimezone(CHINA).date(),
                clock=self._clock,
                part=self._settings.coverage_part,
                keep_days=self._settings.keep_coverage_days,
                on_part=self._must_go_on,
            )
            _log.info("coverage_computed", run=run)

    def _must_go_on(self, _done: int, _all: int) -> None:
        if self._stop.is_set():
            raise Stopped("coverage was stopped before it was finished")


def watch_until_stopped(settings: CoverageSettings, clock: Clock) -> None:
    """Watch until the process is told to end."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    Watch(settings, clock, stop).run()
