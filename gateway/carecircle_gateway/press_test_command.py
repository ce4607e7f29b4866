"""`carecircle gateway press-test`: asks somebody at home to press the buttons, and says which of them work (I/O)."""

import json
import sys
import time

import click
from pydantic import Field, SecretStr

from carecircle.log import configure_logging
from carecircle.mqtt import Broker, Session
from carecircle.settings import ProcessSettings, load_settings
from carecircle_gateway.press_test import LONGEST_S, RESULT_TOPIC, START_TOPIC

_CONNECT_S = 10.0
_LOOK_S = 0.5


class PressTestSettings(ProcessSettings):
    """The home's own broker is all that a test needs."""

    gateway_local_mqtt_url: SecretStr = Field(
        SecretStr("mqtt://127.0.0.1:1883"), description="the broker inside the home that the device bridges publish to"
    )


@click.command("press-test")
@click.option("--seconds", type=click.FloatRange(1, LONGEST_S), default=120, show_default=True, help="How long.")
def press_test_command(seconds: float) -> None:
    """Try the call buttons of this home; the first press of each calls nobody, a second one does.

    Exit code 1 where no button was heard.
    """
    settings = load_settings(PressTestSettings)
    configure_logging("console", "press-test")  # to standard error, so that the answer stands alone
    broker = Broker.parse(settings.gateway_local_mqtt_url.get_secret_value())
    session = Session(broker, client_id="carecircle-press-test", topics=[RESULT_TOPIC], window=0)
    session.start()
    try:
        tried = _try(session, seconds)
    finally:
        session.stop()
    if not tried:
        click.echo("没有收到任何按钮的信号。请检查电池、距离和网关，然后再试一次。")
        sys.exit(1)
    click.echo(f"测试结束：{len(tried)} 个按钮正常：{'、'.join(sorted(tried))}。")


def _try(session: Session, seconds: float) -> set[str]:
    deadline = time.monotonic() + _CONNECT_S
    while not session.is_subscribed:
        if time.monotonic() > deadline:
            raise click.ClickException("连接不上家中的消息服务器，请检查 CARECIRCLE_GATEWAY_LOCAL_MQTT_URL。")
        time.sleep(0.05)
    session.publish(START_TOPIC, json.dumps({"seconds": seconds}).encode())
    click.echo(f"请在 {seconds:g} 秒内把每个呼叫按钮各按一下。第一下只是测试；需要帮助请再按一下。")
    tried: set[str] = set()
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for delivery in session.take(10, min(left, _LOOK_S)):
            device = json.loads(delivery.payload)["device"]
            tried.add(device)
            click.echo(f"  ✓ {device}")
    return tried
