"""The page's port is checked before anything is started. The whole is started in tests/e2e."""

import io
import socket
from pathlib import Path

import pytest
from rich.console import Console

from infra.errors import InUseError
from infra.folder_lock import FolderLock
from infra.settings import Address, UpSettings
from infra.up import check_page, run


def test_a_taken_port_is_told_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(InUseError, match=f"--port {port + 1}"):
            check_page(Address("127.0.0.1", port))
    check_page(Address("127.0.0.1", port))


def test_a_second_one_with_the_same_data_is_refused_before_it_changes_anything(tmp_path: Path) -> None:
    first = FolderLock.take(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(InUseError, match="in use"):
        run(UpSettings(tmp_path, Address("127.0.0.1", port)), {}, Console(file=io.StringIO()), patience=0.0)
    first.release()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
