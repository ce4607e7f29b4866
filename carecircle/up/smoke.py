"""`carecircle smoke`: starts everything in a throw-away folder, presses call buttons, and times what follows (I/O).

The press goes through the broker by `mosquitto_pub`; the clock starts before its line is written, so that the client's
own work counts. Three witnesses look on from outside: see smoke_witnesses.py for what each of them sees and when.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import psycopg

from carecircle.up.installation import Trial
from carecircle.up.smoke_buttons import Button, Pressed, connect_buttons, spread
from carecircle.up.smoke_report import Course, last_line, table
from carecircle.up.smoke_witnesses import DatabaseWitness, DiskWitness, OutsideWitness, StreamWitness, Witness
from carecircle.up.stack import Stack

_READINGS_PER_S = 200
_SETTLE_S = 3.0  # the fleet has connected and its readings flow
_BETWEEN_PRESSES_S = 0.5  # single presses one after the other; a surge is another question
_PATIENCE_S = 60.0
_TRIAL = Trial(
    homes_arguments=("--rate", str(_READINGS_PER_S), "--presses-per-hour", "0"),
    world_arguments=(
        *("--accept-probability", "1", "--accept-after", "0.3"),
        *("--time-scale", "200", "--play-demo-responder"),
    ),
)


@click.command()
@click.option("--presses", type=click.IntRange(1, 240), default=50, show_default=True, help="From as many homes.")
@click.option("--keep", is_flag=True, help="Keep the folder with data and logs.")
def smoke(presses: int, keep: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Press call buttons in a fresh installation and print how long each stage took; fails if one is missing."""
    folder = Path(tempfile.mkdtemp(prefix="carecircle-smoke-"))
    began = time.monotonic()

    def say(step: str) -> None:
        click.echo(f"[{time.monotonic() - began:5.1f} s] {step}")

    is_whole = False
    try:
        with Stack(folder, trial=_TRIAL, say=say) as stack:
            courses, stored_per_s, slowest_sync_ms = _run(stack, presses, say)
        is_whole = all(course.is_whole for course in courses)
        click.echo(_explanation(stored_per_s, slowest_sync_ms))
        click.echo(table(courses))
        for course in courses:
            if not course.is_whole:
                click.echo(f"missing for {course.bed}: {', '.join(course.missing())}")
    finally:
        if keep or not is_whole:
            click.echo(f"data and logs are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    click.echo(last_line(courses))
    if not is_whole:
        raise SystemExit(1)


def _run(stack: Stack, presses: int, say: Callable[[str], None]) -> tuple[list[Course], float, float]:
    installation = stack.installation
    database = DatabaseWitness(installation.admin_url)
    stream = StreamWitness(installation.console_url, installation.secrets.demo_password)
    outside = OutsideWitness(installation.world_url, installation.admin_url)
    disk = DiskWitness(stack.state)
    witnesses: Sequence[Witness] = (database, stream, outside, disk)
    for witness in witnesses:
        witness.begin()
    buttons = connect_buttons(stack.program("mosquitto_pub"), installation.broker_address, spread(stack.homes, presses))
    time.sleep(_SETTLE_S)
    say(f"pressing {presses} buttons by mosquitto_pub, one every {_BETWEEN_PRESSES_S * 1000:.0f} ms")
    stored, since = _stored_readings(installation.admin_url), time.monotonic()
    try:
        pressed = _press(buttons)
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            courses = [_course(press, database, stream, outside) for press in pressed]
            if all(course.is_whole for course in courses):
                break
            for witness in witnesses:
                witness.check()
            time.sleep(0.1)
        stored_per_s = (_stored_readings(installation.admin_url) - stored) / (time.monotonic() - since)
    finally:
        for witness in witnesses:
            witness.is_over.set()
        for button in buttons:
            button.close()
    say("done; stopping everything")
    return courses, stored_per_s, disk.worst_ms


def _press(buttons: Sequence[Button]) -> list[Pressed]:
    pressed = []
    for seq, button in enumerate(buttons, 1):
        pressed.append(button.press(seq))
        time.sleep(_BETWEEN_PRESSES_S)
    return pressed


def _course(press: Pressed, database: DatabaseWitness, stream: StreamWitness, outside: OutsideWitness) -> Course:
    incident = database.incident_of_bed.get(press.bed, "")

    def ms(seen: dict[str, float]) -> float | None:
        return (seen[incident] - press.at) * 1000 if incident in seen else None

    return Course(
        press.bed,
        incident_ms=ms(database.committed),
        offer_ms=ms(outside.offered),
        console_ms=ms(stream.shown),
        accepted_ms=ms(stream.accepted),
        family_ms=ms(outside.family_told),
    )


def _stored_readings(admin_url: str) -> int:
    with psycopg.connect(admin_url) as connection:
        row = connection.execute("select count(*) from vitals").fetchone()
    return int(row[0]) if row else 0


def _explanation(stored_per_s: float, slowest_sync_ms: float) -> str:
    return (
        f"\nBehind it {stored_per_s:.0f} readings a second were stored; "
        f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n"
        f"Meanwhile the slowest write of 8 KiB to this disk, of 20 a second, took {slowest_sync_ms:.0f} ms by itself.\n"
        "Every time runs from just before the press was handed to mosquitto_pub: to the row seen by another\n"
        "connection, to the receipt noted by the receiver, to the event read from the stream. Responders wait 0.3 s.\n"
    )
