"""Publishing: after a load, each tenant whose rows changed gets a new read-only DuckDB file with its marts.

A file is built beside the old one and put in its place in one step, so a reader sees the old or the new, never half.
The note beside them is written last, so what a kill interrupted is published again. Reads the lake; the only writer of
DATA/marts, and so to be called by the holder of the lock.
"""

from pathlib import Path

import duckdb
import polars as pl

from calls.metrics import ALL_METRICS
from calls.settings import Settings
from warehouse.duck import Frame, quoted, transaction
from warehouse.errors import LakeUnavailable
from warehouse.extract import read_from
from warehouse.load import Loaded
from warehouse.mart_models import MARTS, mart_model
from warehouse.published import Published, marts_path, read_published, write_published
from warehouse.schema import model
from warehouse.scopes import ALL, scoped
from warehouse.wait_rollups import wait_bins

NEWEST = """
    SELECT id AS tenant, coalesce(max(load_id), 0) AS load_id
    FROM (SELECT id FROM pg.public.tenants UNION SELECT DISTINCT tenant FROM lake.q15
          UNION SELECT unnest(tenants) FROM lake.load_audit)
    LEFT JOIN (SELECT unnest(tenants) AS tenant, load_id FROM lake.load_audit) ON tenant = id
    GROUP BY id ORDER BY id
"""


def publish(connection: duckdb.DuckDBPyConnection, data: Path, loaded: Loaded) -> list[str]:
    """Publish the tenants whose file does not show their newest load; who they are. `loaded` is the last load.

    `connection` has the lake and its source. Raises LakeUnavailable when either fails, OSError when the disk does.
    """
    before = read_published(data)
    data.joinpath("marts").mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        newest: dict[str, int] = dict(connection.execute(NEWEST).fetchall())
        stale = [
            tenant
            for tenant, load_id in newest.items()
            if before.loads.get(tenant, -1) < load_id or not marts_path(data, tenant).exists()
        ]
        for tenant in stale:
            _build(connection, marts_path(data, tenant), tenant, loaded)
        settled = read_from(connection)
    except duckdb.Error as error:
        raise LakeUnavailable(f"The marts could not be published: {error}") from error
    write_published(data, Published(loads=before.loads | newest, watermark=loaded.watermark, settled=settled))
    return stale


def _build(connection: duckdb.DuckDBPyConnection, path: Path, tenant: str, loaded: Loaded) -> None:
    part = path.with_suffix(".part")
    for leftover in (part, part.with_suffix(".part.wal")):
        leftover.unlink(missing_ok=True)
    connection.execute(f"ATTACH {quoted(str(part))} AS mart")
    try:
        _fill(connection, tenant, loaded)
    finally:
        connection.execute("DETACH mart")
    part.chmod(0o600)
    part.replace(path)


def _fill(connection: duckdb.DuckDBPyConnection, tenant: str, loaded: Loaded) -> None:
    settings = Settings()
    values = {
        "{tenant}": quoted(tenant),
        "{load_id}": str(loaded.load_id),
        "{watermark}": quoted(loaded.watermark.isoformat()),
        **{
            f"{{{name}}}": str(getattr(settings, name))
            for name in ("service_level_s", "short_abandon_s", "wrapup_s", "target")
        },
    }
    connection.register("metric_rows", Frame(metric_rows()))
    connection.register("wait_bin_rows", Frame(wait_bins()))
    statements = model("marts.sql")
    for mark, value in values.items():
        statements = statements.replace(mark, value)
    with transaction(connection):
        connection.execute(statements)
        connection.execute(model("comments.sql"))
        for name in ("stint_facts", *MARTS):
            _make_view(connection, name)
    connection.unregister("metric_rows")
    connection.unregister("wait_bin_rows")


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
