"""`trunkline warehouse status`: how full and how fresh the lake and the marts are. Reads only."""

from pathlib import Path
from typing import Any

import duckdb

from warehouse.duck import fetch
from warehouse.lake import open_lake, unavailable
from warehouse.published import marts_path, read_published
from warehouse.schema import SORTED


def lake_status(catalog: str, data: Path) -> dict[str, Any]:
    """Rows and files of each table, the last load, what is published. Raises LakeUnavailable.

    `catalog` is the catalog's postgresql:// URL.
    """
    published = read_published(data)
    try:
        with open_lake(catalog, data) as connection:
            rows = {f"rows of {table}": _first(connection, f"SELECT count(*) FROM lake.{table}") for table in SORTED}
            last = fetch(connection, "FROM lake.load_audit ORDER BY load_id DESC LIMIT 1").to_dicts()
            snapshots = _first(connection, "SELECT count(*) FROM lake.snapshots()")
            files = _first(connection, "SELECT sum(file_count)::BIGINT FROM ducklake_table_info('lake')")
    except duckdb.Error as error:
        raise unavailable("The lake cannot be read", error) from error
    return rows | {
        "Parquet files": files,
        "snapshots": snapshots,
        "last load that changed something": last[0]["load_id"] if last else None,
        "its watermark": last[0]["watermark"] if last else None,
        "published watermark": published.watermark,
        **{
            f"published for {tenant}": f"load {load_id}, {marts_path(data, tenant).stat().st_size:,} bytes"
            for tenant, load_id in published.loads.items()
            if marts_path(data, tenant).exists()
        },
    }


def _first(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    return fetch(connection, query).row(0)[0]
