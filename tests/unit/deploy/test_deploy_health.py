"""The health check of services without HTTP, on this machine's real connection table."""

import socket
import subprocess
import sys

from carecircle.health import established_ports


def check(*ports: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "carecircle.health", *map(str, ports)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_healthy_while_connected_and_not_after() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert check(port).returncode == 1
        with socket.create_connection(("127.0.0.1", port)):
            assert check(port).returncode == 0
        gone = check(port)
    assert gone.returncode == 1
    assert str(port) in gone.stdout


def test_a_listening_or_closing_socket_is_no_connection() -> None:
    table = (
        "  sl  local_address rem_address   st tx_queue rx_queue\n"
        "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000\n"
        "   1: 0100007F:9C40 0100007F:1538 06 00000000:00000000\n"
        "   2: 0100007F:9C41 0100007F:22B3 01 00000000:00000000\n"
    )
    assert established_ports(table) == {0x22B3}
