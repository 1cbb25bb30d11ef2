"""Publishing: after a load, each tenant whose rows changed gets a new read-only DuckDB file with its marts.

A file is built beside the old one and put in its place in one step, so a reader sees the old or the new, never half.
Where the old one shows all but the load just made, the new one is a copy of it with what that load touched replaced.
The note beside them is written last, so what a kill interrupted is published again. Reads the lake; the only writer of
DATA/marts, and so to be called by the holder of the lock.
"""

import os
from pathlib import Path

import duckdb
import msgspec
import polars as pl

from calls.metrics import ALL_METRICS
from warehouse.amend import amend, can_amend
from warehouse.duck import Frame, quoted, transaction
from warehouse.errors import LakeUnavailable
from warehouse.extract import read_from
from warehouse.load import Loaded
from warehouse.mart_models import MARTS, mart_model
from warehouse.mart_tables import only, selects
from warehouse.published import Made, Published, marts_path, read_published, write_published
from warehouse.schema import model
from warehouse.scopes import ALL, scoped
from warehouse.sums import make_sums, sums_explained
from warehouse.wait_rollups import wait_bins

# By tenant: its newest load, and the newest before the one that was just made.
NEWEST = """
    SELECT id AS tenant, coalesce(max(load_id), 0) AS load_id,
      coalesce(max(load_id) FILTER (load_id < $just_made), 0) AS before
    FROM (SELECT id FROM pg.public.tenants UNION SELECT DISTINCT tenant FROM lake.q15
          UNION SELECT unnest(tenants) FROM lake.load_audit)
    LEFT JOIN (SELECT unnest(tenants) AS tenant, load_id FROM lake.load_audit) ON tenant = id
    GROUP BY id ORDER BY id
"""
# A file that was brought up to date so often that it grew by half is made whole again: sorted, without holes.
MOST_GROWTH, SMALL = 1.5, 16 << 20


def publish(connection: duckdb.DuckDBPyConnection, data: Path, loaded: Loaded) -> list[str]:
    """Publish the tenants whose file does not show their newest load; who they are. `loaded` is the last load.

    `connection` has the lake and its source. Raises LakeUnavailable when either fails, OSError when the disk does.
    """
    note = read_published(data)
    data.joinpath("marts").mkdir(mode=0o700, parents=True, exist_ok=True)
    newest, made, stale = dict[str, int](), dict(note.made), list[str]()
    try:
        for tenant, load_id, before in connection.execute(NEWEST, {"just_made": loaded.load_id}).fetchall():
            newest[tenant] = load_id
            path, shown = marts_path(data, tenant), note.loads.get(tenant, -1)
            if shown >= load_id and path.exists():
                continue
            stale.append(tenant)
            is_next = loaded.is_partial and load_id == loaded.load_id and shown >= before
            if is_next and _may_grow(path, made.get(tenant)) and can_amend(connection):
                _amended(connection, path, tenant, loaded)
            else:
                _build(connection, path, tenant, loaded)
                made[tenant] = Made(load_id, path.stat().st_size)
        settled = read_from(connection)
    except duckdb.Error as error:
        raise LakeUnavailable(f"The marts could not be published: {error}") from error
    published = Published(loads=note.loads | newest, watermark=loaded.watermark, settled=settled, made=made)
    write_published(data, published)
    return stale


def publish_whole(connection: duckdb.DuckDBPyConnection, data: Path, tenant: str, loaded: Loaded) -> None:
    """Make the file of one tenant anew from the lake, after its last load; no byte of the old one stays.

    Raises LakeUnavailable when the lake fails, OSError when the disk does.
    """
    note, path = read_published(data), marts_path(data, tenant)
    try:
        _build(connection, path, tenant, loaded)
    except duckdb.Error as error:
        raise LakeUnavailable(f"The marts could not be published: {error}") from error
    made = {tenant: Made(loaded.load_id, path.stat().st_size)}
    write_published(data, msgspec.structs.replace(note, made=dict(note.made) | made))


def _may_grow(path: Path, made: Made | None) -> bool:
    if made is None or not path.exists():
        return False
    return path.stat().st_size <= max(MOST_GROWTH * made.size, made.size + SMALL)


def _build(connection: duckdb.DuckDBPyConnection, path: Path, tenant: str, loaded: Loaded) -> None:
    part = _cleared(path)
    _fill(connection, part, tenant, loaded)
    part.replace(path)


def _amended(connection: duckdb.DuckDBPyConnection, path: Path, tenant: str, loaded: Loaded) -> None:
    part = _cleared(path)
    _copy(path, part)
    connection.execute(f"ATTACH {quoted(str(part))} AS mart")
    try:
        connection.execute("USE mart")
        with transaction(connection):
            amend(connection, tenant, loaded)
    finally:
        connection.execute("USE memory")
        connection.execute("DETACH mart")
    part.replace(path)


def _cleared(path: Path) -> Path:
    part = path.with_suffix(".part")
    for leftover in (part, part.with_suffix(".part.wal")):
        leftover.unlink(missing_ok=True)
    return part


def _copy(path: Path, part: Path) -> None:
    """By the system itself: where the disk can share what two files have in common, nothing is copied."""
    with path.open("rb") as source, part.open("wb") as target:
        part.chmod(0o600)
        while os.copy_file_range(source.fileno(), target.fileno(), 1 << 30):
            pass


def _fill(connection: duckdb.DuckDBPyConnection, part: Path, tenant: str, loaded: Loaded) -> None:
    connection.execute(f"ATTACH {quoted(str(part))} AS mart")
    try:
        part.chmod(0o600)
        connection.execute("USE mart")
        connection.register("metric_rows", Frame(metric_rows()))
        connection.register("wait_bin_rows", Frame(wait_bins()))
        # Three, as only what is committed has the statistics by which months are read without the others.
        with transaction(connection):
            for table, select in selects(tenant, loaded).items():
                connection.execute(f"CREATE TABLE mart.{table} AS {only(select)}")
        with transaction(connection):
            make_sums(connection)
        with transaction(connection):
            connection.execute(f"{model('comments.sql')}\n{sums_explained()}")
            for name in ("stint_facts", *MARTS):
                _make_view(connection, name)
        connection.unregister("metric_rows")
        connection.unregister("wait_bin_rows")
    finally:
        connection.execute("USE memory")
        connection.execute("DETACH mart")


def _make_view(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    mart = mart_model(name)
    connection.execute(f"CREATE VIEW mart.{name} AS {scoped(mart.select(), ALL)}")
    connection.execute(f"COMMENT ON VIEW mart.{name} IS {quoted(mart.title)}")
    for column, meaning in mart.columns.items():
        connection.execute(f'COMMENT ON COLUMN mart.{name}."{column}" IS {quoted(meaning)}')


def metric_rows() -> pl.DataFrame:
    """The metrics as the published table `metrics` has them."""
    return pl.DataFrame(
        [
            {
                "name": metric.name,
                "title": metric.title,
                "unit": metric.unit,
                "meaning": metric.meaning,
                "source": metric.source,
                "formula": metric.formula(),
                "sql": metric.sql(),
                "of": metric.of,
            }
            for metric in ALL_METRICS
        ]
    )
