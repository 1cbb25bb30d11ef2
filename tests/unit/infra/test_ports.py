"""A port is chosen once and kept, until somebody else has it."""

import socket
from pathlib import Path

from infra.ports import FIRST, LAST, Ports, is_free, listens


def test_a_port_is_kept(tmp_path: Path) -> None:
    port = Ports(tmp_path / "ports.json").claim("kafka")
    assert FIRST <= port < LAST
    assert Ports(tmp_path / "ports.json").claim("kafka") == port
    assert Ports(tmp_path / "ports.json").kept("kafka") == port


def test_each_name_has_its_own_port(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    claimed = [ports.claim(f"name{number}") for number in range(20)]
    assert len(set(claimed)) == 20


def test_a_port_that_a_stranger_took_is_chosen_anew(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    before = ports.claim("kafka")
    with socket.create_server(("127.0.0.1", before)):
        after = ports.claim("kafka")
    assert after != before
    assert ports.kept("kafka") == after


def test_a_port_never_claimed_is_not_kept(tmp_path: Path) -> None:
    assert Ports(tmp_path / "ports.json").kept("kafka") is None


def test_who_listens_is_noticed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(port)
        assert not is_free(port)
    assert not listens(port)
    assert is_free(port)
