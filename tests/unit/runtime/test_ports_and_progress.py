"""Ports stay the same between starts unless somebody has them; progress reads like a sentence."""

import socket
from pathlib import Path

import pytest

from carecircle.errors import Misconfigured
from carecircle.runtime.ports import LOOPBACK, free_port, is_free, remembered_ports
from carecircle.runtime.progress import Progress


def listening(port: int) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((LOOPBACK, port))
    server.listen()
    return server


def test_ports_are_the_same_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = remembered_ports(file, {"console": 0, "broker": 0}, {})
    assert first["console"] != first["broker"]
    assert remembered_ports(file, {"console": 0, "broker": 0}, {}) == first


def test_a_port_that_somebody_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = remembered_ports(file, {"console": 0}, {})["console"]
    with listening(first):
        assert not is_free(first)
        second = remembered_ports(file, {"console": 0}, {})["console"]
    assert second != first
    assert remembered_ports(file, {"console": 0}, {})["console"] == second


def test_a_preferred_port_is_taken_where_it_is_free(tmp_path: Path) -> None:
    wanted = free_port()
    assert remembered_ports(tmp_path / "ports.json", {"console": wanted}, {}) == {"console": wanted}


def test_a_port_that_was_asked_for_is_never_replaced(tmp_path: Path) -> None:
    wanted = free_port()
    with listening(wanted), pytest.raises(Misconfigured, match=f"port {wanted} for the console is taken"):
        remembered_ports(tmp_path / "ports.json", {"console": 0}, {"console": wanted})


def test_a_chosen_port_is_none_that_a_connection_could_hold_when_the_server_starts_again() -> None:
    with listening(free_port()) as server, socket.create_connection(server.getsockname()) as client:
        held = client.getsockname()[1]
        assert not is_free(held), "a connection of somebody keeps a server from its port"
        assert all(free_port() < held for _ in range(20))


@pytest.mark.parametrize("content", ["", "[]", '{"console": "x"}', "{"])
def test_a_damaged_file_is_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "ports.json"
    file.write_text(content)
    assert remembered_ports(file, {"console": 0}, {})["console"] > 0


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress("reading"), "reading"),
        (Progress("downloading", 12_400_000, 53_000_000), "downloading 12 of 53 MB (23 %)"),
        (Progress("downloading", 54_000_000, 53_000_000), "downloading 54 of 53 MB (100 %)"),
        (Progress("unpacking", 3_000_000), "unpacking 3 MB"),
    ],
)
def test_progress_reads_like_a_sentence(progress: Progress, text: str) -> None:
    assert str(progress) == text
