"""`carecircle gateway press-test` beside a running box: what is heard at home, on the platform and by whoever tests."""

import os
import subprocess
import sys

from carecircle.topics import Kind
from tests.integration.gateway.home import Home, Platform, wait_for

_PRESS = '{"action":"emergency","battery":87,"linkquality":96}'
_PROGRAM = [sys.executable, "-c", "from carecircle.cli import main; main()", "gateway", "press-test"]


def _begin(home: Home, seconds: int) -> "subprocess.Popen[str]":
    environment = {**os.environ, "CARECIRCLE_GATEWAY_LOCAL_MQTT_URL": home.local_url}
    return subprocess.Popen(
        [*_PROGRAM, "--seconds", str(seconds)], stdout=subprocess.PIPE, env=environment, text=True, bufsize=1
    )


def test_a_button_is_tried_and_a_second_press_calls(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    with _begin(home, 8) as run:
        assert run.stdout is not None
        assert "请在 8 秒内" in run.stdout.readline()
        wait_for(lambda: [1] if "stage=test\n" in home.log() else [])
        home.publish("bedside", _PRESS)
        wait_for(lambda: platform.events("press_test"))
        assert run.stdout.readline().strip() == "✓ bedside"
        home.publish("toilet", _PRESS)
        wait_for(lambda: platform.events("press_test"), 2)
        rest = run.stdout.read()
    assert run.returncode == 0
    assert "2 个按钮正常：bedside、toilet" in rest
    assert platform.events("sos") == []
    home.publish("bedside", _PRESS)
    wait_for(platform.events)
    assert {one.fields["event"] for one in platform.of(Kind.EVENT)} == {"press_test", "sos"}


def test_silence_is_said_with_an_exit_code(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    with _begin(home, 1) as run:
        stdout, _ = run.communicate(timeout=30)
    assert run.returncode == 1
    assert "没有收到任何按钮的信号" in stdout
