"""`carecircle sim run` and `carecircle sim scenarios`: play a scenario, with the truth written beside it (I/O)."""

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from carecircle.log import configure_logging
from carecircle.mqtt import Broker
from carecircle.settings import load_settings
from carecircle_sim.home.plan import plan_homes
from carecircle_sim.home.timeline import Arrival, Item
from carecircle_sim.homes_command import HomesSettings
from carecircle_sim.scenario.model import Scenario, known_scenarios, load_scenario
from carecircle_sim.scenario.sinks import BrokerSink, FileSink, NoSink, Sink
from carecircle_sim.scenario.stream import stream

_PROGRESS_S = 2.0
_LONGEST_WAIT_S = 0.5
_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


def _speed(_context: click.Context, _parameter: click.Parameter, value: str) -> float | None:
    """`max` is None; a number is how many times faster than life."""
    if value == "max":
        return None
    try:
        speed = float(value)
    except ValueError as error:
        raise click.BadParameter("a number, or max") from error
    if speed <= 0:
        raise click.BadParameter("above 0")
    return speed


@click.command("scenarios")
def scenarios_command() -> None:
    """List the scenarios that come with the simulator."""
    for name, scenario in known_scenarios().items():
        homes = sum(group.homes for group in scenario.groups)
        click.echo(f"{name:24} {homes:4} homes {scenario.hours:5g} h  {scenario.title}")


@click.command("run")
@click.argument("scenario")
@click.option("--speed", callback=_speed, default="max", show_default=True, help="Times faster than life, or max.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--homes", type=click.IntRange(1), help="Only the first so many homes.")
@click.option("--truth", type=_FILE, help="File for what really happened, a JSON object a line.")
@click.option("--out", type=_FILE, help="File for the messages, a JSON object a line.")
@click.option("--mqtt", is_flag=True, help="Publish to the broker of CARECIRCLE_MQTT_URL.")
@click.option("--now", is_flag=True, help="Let it begin now, and not at the scenario's own time.")
def run_command(
    scenario: str,
    speed: float | None,
    seed: int,
    homes: int | None,
    truth: Path | None,
    out: Path | None,
    mqtt: bool,  # noqa: FBT001 - click's way of a flag
    now: bool,  # noqa: FBT001
) -> None:
    """Play SCENARIO: the name of one that comes along, or a .toml file of your own."""
    chosen = load_scenario(scenario)
    if now:
        chosen = chosen.model_copy(update={"start": datetime.now(UTC)})
    configure_logging("console", "sim")
    with ExitStack() as ending:
        sink = _sink(chosen, seed, homes, out, mqtt, ending)
        ending.callback(sink.close)
        truths = ending.enter_context(truth.open("w", encoding="utf-8")) if truth else None
        player = _Player(chosen, speed, sink, truths)
        for stop_signal in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop_signal, lambda _number, _frame: player.stop())
        player.play(stream(chosen, seed, homes))
    click.echo(json.dumps(player.figures(sink), ensure_ascii=False))


def _sink(
    scenario: Scenario,
    seed: int,
    homes: int | None,
    out: Path | None,
    mqtt: bool,  # noqa: FBT001
    ending: ExitStack,
) -> Sink:
    if out and mqtt:
        raise click.UsageError("--out and --mqtt: one of them")
    if mqtt:
        settings = load_settings(HomesSettings)
        broker = Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file)
        beds = [plan.bed for plan in plan_homes(scenario, seed, homes)]
        return BrokerSink(broker, settings.home_secret.get_secret_value(), beds)
    return FileSink(ending.enter_context(out.open("w", encoding="utf-8"))) if out else NoSink()


class _Player:
    """Plays a stream at its speed, and says on standard error how far it is."""

    def __init__(self, scenario: Scenario, speed: float | None, sink: Sink, truths: TextIO | None) -> None:
        self._scenario = scenario
        self._speed = speed
        self._sink = sink
        self._truths = truths
        self._counts: Counter[str] = Counter()
        self._began = time.monotonic()
        self._cpu_began = time.process_time()
        self._said_at = self._began
        self._stopping = False

    def stop(self) -> None:
        """After the present message; what was played until then is complete."""
        self._stopping = True

    def play(self, items: Iterator[Item]) -> None:
        """To the end, or until `stop`."""
        for item in items:
            self._wait_for(item)
            if self._stopping:
                break
            if isinstance(item, Arrival):
                self._counts["messages"] += 1
                self._sink.take(item)
            else:
                self._counts["truths"] += 1
                if self._truths:
                    self._truths.write(item.line() + "\n")
            if time.monotonic() - self._said_at > _PROGRESS_S:
                self._say(item.at_ms)

    def figures(self, sink: Sink) -> dict[str, object]:
        """What the last line of the output says."""
        cpu_s = time.process_time() - self._cpu_began
        return {
            "scenario": self._scenario.title,
            "messages": self._counts["messages"],
            "truths": self._counts["truths"],
            "dropped": sink.dropped if isinstance(sink, BrokerSink) else 0,
            "stopped_early": self._stopping,
            "seconds": round(time.monotonic() - self._began, 2),
            "cpu_s": round(cpu_s, 2),
        }

    def _wait_for(self, item: Item) -> None:
        if self._speed is None:
            return
        due = self._began + (item.at_ms - self._scenario.start_ms) / 1000 / self._speed
        while not self._stopping and (left := due - time.monotonic()) > 0:
            self._sink.wait(min(left, _LONGEST_WAIT_S))
            if time.monotonic() - self._said_at > _PROGRESS_S:
                self._say(item.at_ms)

    def _say(self, at_ms: int) -> None:
        self._said_at = time.monotonic()
        whole = self._scenario.end_ms - self._scenario.start_ms
        share = min(1.0, (at_ms - self._scenario.start_ms) / whole)
        line = f"{share:4.0%}  {self._counts['messages']} messages  {self._counts['truths']} truths"
        is_terminal = sys.stderr.isatty()
        click.echo(f"\r{line}" if is_terminal else line, err=True, nl=not is_terminal)
