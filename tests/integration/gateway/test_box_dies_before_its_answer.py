"""A box killed after its commit and before its answer: the home's broker repeats, the platform hears it once."""

from carecircle.topics import Kind
from tests.integration.gateway.home import Home, Platform, wait_for
from tests.wire import Seen, Way, Wire

_PUBACK = Seen(Way.TO_SERVER, b"\x40\x02", starts=True)


def test_a_message_that_was_kept_and_not_answered_is_told_once(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    home.kill_box()
    wire = Wire(home.server.port)
    home.local_port = wire.port
    home.launch_box()
    wire.cut_at(_PUBACK, home.kill_box)
    home.publish("mat", '{"temperature":21.5}')
    assert wire.was_cut.wait(20)
    home.local_port = None
    home.launch_box()
    home.publish("mat", '{"temperature":22.5}')

    def heard() -> list[object]:
        mine = [one for one in platform.of(Kind.TELEMETRY) if one.topic.device == "mat"]
        return [one.fields["readings"] for one in {one.key: one for one in mine}.values()]

    wait_for(heard, 2)
    platform.listen(2.0)
    assert heard() == [{"room_temperature": 21.5}, {"room_temperature": 22.5}]
    wire.close()
