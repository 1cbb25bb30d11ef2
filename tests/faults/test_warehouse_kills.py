"""The database is killed under the warehouse: it says so, and goes on where it was when the database is back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_calls import START, queue_call
from made_installation import Installation

from infra.postgres import ensure_databases
from infra.server import Server
from warehouse.errors import LakeUnavailable
from warehouse.marts import open_marts
from warehouse.refresh import Refresher

FROM = datetime.fromtimestamp(START / 1000, UTC)


def test_a_killed_database_interrupts_the_warehouse_and_loses_nothing(
    own_postgres: tuple[Server, Callable[..., str]], tmp_path: Path
) -> None:
    server, url = own_postgres
    ensure_databases(url("postgres"), ("lake",))
    installation = Installation(url("trunkline"), url("trunkline", "trunkline_warehouse"), url("lake"), tmp_path)
    refresher = Refresher(installation.catalog, installation.source, installation.data)
    installation.write(*(queue_call(n) for n in range(5)))
    refresher.refresh()

    server.kill()
    with pytest.raises(LakeUnavailable, match="trunkline up"):
        refresher.refresh()
    marts = open_marts(tmp_path, "default")
    assert marts.total(FROM, FROM + timedelta(days=1))["answered"] == 5

    server.start()
    installation.write(queue_call(5))
    assert refresher.refresh().loaded.calls == 1
    refresher.close()
    assert marts.total(FROM, FROM + timedelta(days=1))["answered"] == 6
    assert installation.rows("SELECT count(*), count(DISTINCT call_id) FROM lake.stints") == [(6, 6)]
    installation.close()
