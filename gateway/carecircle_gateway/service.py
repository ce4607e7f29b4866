"""The service of the home box: one thread between two brokers and the outbox, and the command that starts it (I/O)."""

import json
import os
import signal
import time
from importlib.metadata import version
from pathlib import Path
from threading import Event as Flag
from types import FrameType

import click
import structlog

from carecircle.clock import SystemClock
from carecircle.errors import Misconfigured
from carecircle.log import configure_logging
from carecircle.mqtt import Broker, Delivery, Session
from carecircle.payloads import PressTestOrder, Status
from carecircle.settings import load_settings
from carecircle.topics import Kind
from carecircle_gateway.account import read_settings
from carecircle_gateway.box_clock import BoxClock
from carecircle_gateway.device_ids import GATEWAY
from carecircle_gateway.drivers.driver import Driver, make_driver
from carecircle_gateway.intake import Intake
from carecircle_gateway.local_care import LocalCare, LocalStage
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.outbox import Entry, Outbox
from carecircle_gateway.own_power import own_power
from carecircle_gateway.pair_command import pair_command, rotate_command
from carecircle_gateway.players import Player, make_player
from carecircle_gateway.press_test import RESULT_TOPIC, START_TOPIC, PressTest, is_tried
from carecircle_gateway.press_test_command import press_test_command
from carecircle_gateway.presses import to_ms
from carecircle_gateway.reassurance import Reassurance, Target
from carecircle_gateway.settings import GatewaySettings
from carecircle_gateway.uplink import Uplink

_LOCAL_WINDOW = 500
_IDLE_S = 1.0
_BURST_S = 0.2
_STATUS_EVERY_S = 60.0
"""The box's own proof of life; the platform holds a gateway for silent after 5 min."""
_GIVE_UP_EVERY_S = 600.0
_RESERVE_STEPS_AT_START = 32
"""Four megabytes: some 13,000 messages, most of a day, in a fraction of a second and only at the first start."""

_log = structlog.get_logger()


class Gateway:
    """Everything in the box; made from its settings, run until told to stop."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._clock = BoxClock(SystemClock(), time.monotonic)
        self._wake = Flag()
        self._stopping = False
        now_ms = self._now_ms()
        named = {name.partition("=")[0]: make_driver(name) for name in settings.gateway_drivers}
        drivers = list(named.values())
        self._outbox = Outbox.open(
            settings.gateway_outbox,
            now_ms,
            max_bytes=settings.gateway_outbox_max_mb << 20,
            max_age_ms=settings.gateway_outbox_max_age_h * 3600_000,
        )
        self._local = Session(
            Broker.parse(settings.gateway_local_mqtt_url.get_secret_value()),
            client_id=f"gateway-{settings.gateway_bed}",
            topics=[START_TOPIC, *(topic for driver in drivers for topic in driver.subscriptions)],
            replayed=[topic for driver in drivers for topic in driver.replayed],
            window=_LOCAL_WINDOW,
            on_wake=self._wake.set,
        )
        self._uplink = Uplink(
            Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file),
            settings.gateway_county,
            settings.gateway_bed,
            self._outbox,
            now_ms=self._now_ms,
            hear_time=self._clock.hear,
            on_wake=self._wake.set,
        )
        self._press_test = PressTest()
        self._intake = Intake(
            drivers,
            self._outbox,
            frozenset(settings.gateway_call_buttons),
            self._uplink.send_first,
            self._press_test,
        )
        self._reassurance = Reassurance(self._local, [_target(one, named) for one in _players(settings)])
        self._local_care = LocalCare(settings.gateway_unanswered_s)
        self._local_care.goes_on(self._calls(), time.monotonic())
        self._was_connected = False
        self._status_at = 0.0
        self._given_up_at = time.monotonic()
        # The first room is taken before anything can come; the rest in pauses, because a press would wait for it.
        self._wants_reserve = all(self._outbox.reserve_some() for _ in range(_RESERVE_STEPS_AT_START))

    def run(self) -> None:
        """Work until `stop`; raises `Unavailable` when a network thread has died, for the supervisor to start anew."""
        _log.info("gateway_started", boot=self._outbox.boot, waiting=self._outbox.counts())
        self._local.start()
        self._uplink.start()
        try:
            while not self._stopping:
                self._wake.clear()
                self._turn()
                is_quiet = not self._wake.wait(self._pause_s())
                if is_quiet and self._wants_reserve:
                    self._wants_reserve = self._outbox.reserve_some()
        finally:
            self._uplink.stop(self._now_ms())
            self._local.stop()
            self._outbox.close()
            _log.info("gateway_stopped")

    def stop(self) -> None:
        """End `run` within a second. For signal handlers: it touches no lock that the interrupted thread may hold."""
        self._stopping = True

    def _turn(self) -> None:
        deliveries = self._local.take(_LOCAL_WINDOW, 0)
        entries = self._intake.take(
            [one._replace(received_at=self._clock.corrected(one.received_at)) for one in deliveries]
        )
        self._uplink.add(entries)
        self._local.acknowledge(deliveries)
        self._test(deliveries, entries)
        self._care(entries, time.monotonic())
        if len(deliveries) == _LOCAL_WINDOW:
            self._wake.set()
        if self._intake.has_bursts:
            self._uplink.add(self._intake.settle_bursts(self._clock.now()))
        self._tell_own_status()
        for device, command in self._uplink.pump(time.monotonic()):
            if command.press_test:
                self._uplink.add(self._outbox.accept(self._order(command.press_test), {}, self._now_ms()))
            else:
                self._outbox.accept(self._reassurance.play(device, command, self._now_ms()), {}, self._now_ms())
            self._wake.set()
        if time.monotonic() - self._given_up_at > _GIVE_UP_EVERY_S:
            self._given_up_at = time.monotonic()
            self._outbox.give_up_old(self._now_ms())

    def _care(self, entries: list[Entry], now: float) -> None:
        """What the home does about calls by itself, whether or not the platform hears of them."""
        stages = [self._local_care.heard(entries, now)]
        if self._local_care.is_waiting:
            stages.append(self._local_care.look(self._calls(), now))
        for stage in stages:
            if stage:
                self._reassurance.show(stage)

    def _test(self, deliveries: list[Delivery], entries: list[Entry]) -> None:
        """Begin a press test where one is asked for, and say in the home which buttons were tried."""
        for delivery in deliveries:
            if delivery.topic == START_TOPIC and self._press_test.start(delivery.payload, time.monotonic()):
                self._reassurance.show(LocalStage.TEST)
        for entry in entries:
            if is_tried(entry):
                self._reassurance.show(LocalStage.TESTED)
                self._local.publish(RESULT_TOPIC, json.dumps({"device": entry.device}).encode())

    def _order(self, order: PressTestOrder) -> list[Outgoing]:
        """Begin the platform's press test, and say that it may be pressed."""
        ready = self._press_test.order(order, time.monotonic(), self._now_ms())
        if ready is None:
            return []
        self._reassurance.show(LocalStage.TEST)
        return [Outgoing(GATEWAY, Kind.EVENT, Urgency.NOTICE, ready)]

    def _calls(self) -> list[int]:
        return [entry_id for entry_id, urgency in self._outbox.waiting_events() if urgency is Urgency.ALARM]

    def _tell_own_status(self) -> None:
        """On every connection, because the last will may have been told meanwhile, and regularly as proof of life."""
        connected, self._was_connected = self._was_connected, self._uplink.is_connected
        is_new = self._uplink.is_connected and not connected
        if not self._uplink.is_connected or not (is_new or time.monotonic() - self._status_at > _STATUS_EVERY_S):
            return
        self._status_at = time.monotonic()
        own = own_power()
        status = Status(
            boot=0,
            seq=0,
            at=self._now_ms(),
            online=True,
            battery=own.battery,
            power=own.power,
            firmware=version("carecircle"),
            clock_off_ms=self._clock.off_ms,
        )
        self._outbox.accept([Outgoing(GATEWAY, Kind.STATUS, Urgency.STATUS, status)], {}, self._now_ms())

    def _pause_s(self) -> float:
        pause = _BURST_S if self._intake.has_bursts else _IDLE_S
        due = self._uplink.next_due()
        return pause if due is None else min(pause, max(0.0, due - time.monotonic()))

    def _now_ms(self) -> int:
        return to_ms(self._clock.now())


def _players(settings: GatewaySettings) -> list[Player]:
    lights, sentences = settings.gateway_reassure_payloads, settings.gateway_reassure_sentences
    return [make_player(one, lights, sentences) for one in settings.gateway_reassure_devices]


def _target(player: Player, drivers: dict[str, Driver]) -> Target:
    family = player.family or next(iter(drivers))
    if family not in drivers:
        raise Misconfigured(f"CARECIRCLE_GATEWAY_REASSURE_DEVICES: {family!r} is not among CARECIRCLE_GATEWAY_DRIVERS")
    return drivers[family].command_topic(player.name), dict(player.payloads)


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--county", help="6-digit division code of the home's county")
@click.option("--bed", help="id of the bed that this box serves")
@click.option("--local-mqtt-url", help="the broker inside the home")
@click.option("--mqtt-url", help="the platform's broker; better given as CARECIRCLE_MQTT_URL, it has the password")
@click.option("--outbox", type=click.Path(dir_okay=False, path_type=Path), help="file that keeps what is not confirmed")
@click.option("--account", type=click.Path(dir_okay=False, path_type=Path), help="file that `pair` has written")
def command(
    context: click.Context,
    county: str | None,
    bed: str | None,
    local_mqtt_url: str | None,
    mqtt_url: str | None,
    outbox: Path | None,
    account: Path | None,
) -> None:
    """Run the home box between local devices and the platform.

    Options are the settings CARECIRCLE_GATEWAY_* and CARECIRCLE_MQTT_URL; docs/settings.md lists them all.
    """
    if context.invoked_subcommand is not None:
        return
    given = {
        "CARECIRCLE_GATEWAY_COUNTY": county,
        "CARECIRCLE_GATEWAY_BED": bed,
        "CARECIRCLE_GATEWAY_LOCAL_MQTT_URL": local_mqtt_url,
        "CARECIRCLE_GATEWAY_OUTBOX": str(outbox) if outbox else None,
        "CARECIRCLE_MQTT_URL": mqtt_url,
    }
    if account is not None:
        os.environ.update(read_settings(account))
    # An option is the setting of the same name; from here on there is one source, with one way to say what is wrong.
    os.environ.update({name: value for name, value in given.items() if value is not None})
    settings = load_settings(GatewaySettings)
    configure_logging(settings.log_format, "gateway")
    gateway = Gateway(settings)

    def _stop(_number: int, _frame: FrameType | None) -> None:
        gateway.stop()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    gateway.run()


command.add_command(press_test_command)
command.add_command(pair_command)
command.add_command(rotate_command)
