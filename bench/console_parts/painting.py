"""From the call to the screen: single alarms over the whole way, a burst, frames under load, keys (I/O)."""

import threading
import time
from random import Random

import psycopg

from bench.console_parts.stack import PRESSED, Stack, painted_at
from bench.console_stream import percentile

BURST = 200
UPDATES_S = 200
LOAD_S = 10.0
KEYS = 30

_FRAMES = """
(seconds) => new Promise((resolve) => {
  let frames = 0;
  let longest = 0;
  const tasks = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) longest = Math.max(longest, one.duration);
  });
  tasks.observe({type: 'longtask'});
  const began = performance.now();
  const frame = (now) => {
    frames += 1;
    if (now - began < seconds * 1000) requestAnimationFrame(frame);
    else { tasks.disconnect(); resolve([frames / ((now - began) / 1000), longest]); }
  };
  requestAnimationFrame(frame);
})
"""


def paint(stack: Stack) -> dict[str, float]:
    """Published at the broker → painted, over broker, engine, database, stream and page; p95 of 40 calls.

    Between two calls passes up to a second, so that each finds the page at another moment of what it does.
    """
    page, rng = stack.desk(), Random(1)  # noqa: S311 - reproducible
    took = []
    for event in ("sos", "fall"):
        for bed in PRESSED:
            time.sleep(rng.uniform(0.2, 1.2))
            at = stack.press(bed, event)
            incident = _incident_of(stack, bed, event)
            took.append((painted_at(page, [incident])[0] - at) / 1000)
    page.context.close()
    return {"paint_ms_p95": percentile(took, 0.95), "paint_ms_p50": percentile(took, 0.5)}


def _incident_of(stack: Stack, bed: str, kind: str) -> str:
    until = time.monotonic() + 30
    while True:
        rows = stack.scene.rows("select id from incident where bed_id = %s and kind = %s", bed, kind)
        if rows:
            return str(rows[0][0])
        if time.monotonic() > until:
            raise SystemExit(f"the engine opened no incident for {bed}")
        time.sleep(0.005)


def burst(stack: Stack) -> dict[str, float]:
    """200 incidents committed at once → the last of them painted."""
    page = stack.desk()
    incidents, at = stack.open_incidents(BURST, first_bed=101)
    took = max(painted_at(page, incidents)) - at
    page.context.close()
    return {"burst_ms": round(took, 1)}


def frames(stack: Stack) -> dict[str, float]:
    """Frames a second, and the longest task, while 200 changes a second come in."""
    page = stack.desk()
    page.wait_for_selector('[data-testid="incident-row"]', timeout=30_000)
    time.sleep(2)
    is_over = threading.Event()
    sent: list[int] = []
    thread = threading.Thread(target=_update, args=(stack.database.admin_url, is_over, sent))
    thread.start()
    began = time.monotonic()
    fps, longest = page.evaluate(_FRAMES, LOAD_S)
    took = time.monotonic() - began
    is_over.set()
    thread.join()
    page.context.close()
    return {"fps": round(fps, 1), "longest_task_ms": round(longest, 1), "updates_s": round(len(sent) / took, 1)}


def _update(url: str, is_over: threading.Event, sent: list[int]) -> None:
    """Write 200 rows of audit a second about the incidents that are open, in turns; a late turn is not made up."""
    statement = (
        "insert into incident_event (incident_id, at, epoch, step, actor, reason, detail) "
        "select id, now(), 0, 'note', 'account:1', 'x', '{}' from incident where closed_at is null "
        "order by id offset %s limit 20"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        for turn in range(100_000):
            if is_over.is_set():
                return
            began = time.monotonic()
            cursor = connection.execute(statement, ((turn * 20) % BURST,))
            sent.extend([turn] * cursor.rowcount)
            time.sleep(max(0.0, 20 / UPDATES_S - (time.monotonic() - began)))


def key(stack: Stack) -> dict[str, float]:
    """A key pressed → the row that it selects is painted; p95 of 30."""
    page = stack.desk()
    page.wait_for_selector('[data-testid="incident-row"]', timeout=30_000)
    took = []
    for _ in range(KEYS):
        page.evaluate("() => { painted.selected = 0; }")
        page.keyboard.press("j")
        page.wait_for_function("() => painted.selected > 0", timeout=10_000)
        took.append(page.evaluate("() => painted.selected - painted.key") / 1000)
    page.context.close()
    return {"key_ms": percentile(took, 0.95)}
