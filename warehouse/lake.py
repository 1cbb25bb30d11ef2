"""Opening the lake: a DuckDB with the DuckLake catalog (in PostgreSQL) as `lake` and the calls' database as `pg`.

The two extensions come as files from their wheels and are loaded by path: nothing is fetched or installed at run time,
and DuckDB checks their signature. Everything is in UTC. It knows no table; it never logs or raises a password.
"""

import importlib.util
from pathlib import Path

import duckdb
from psycopg.conninfo import conninfo_to_dict

from warehouse.duck import quoted
from warehouse.errors import LakeUnavailable

EXTENSIONS = ("ducklake", "postgres_scanner")
# One load's working set; what does not fit goes to DATA/lake.tmp. A full load of millions of calls needs no more.
MEMORY_LIMIT = "1GB"


def connect(temporary: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB in UTC with the extensions loaded. `temporary` is the folder to spill to.

    Raises LakeUnavailable when the wheels of the extensions are not those of this DuckDB.
    """
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(temporary),
        }
    )
    for name in EXTENSIONS:
        connection.execute(f"LOAD {quoted(str(_extension(name)))}")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def open_lake(catalog: str, data: Path, source: str | None = None) -> duckdb.DuckDBPyConnection:
    """The lake of the data folder `data` attached as `lake`, and the database `source`, if given, as `pg` (read only).

    `catalog` and `source` are postgresql:// URLs. The folder is made; it may have moved since the lake was made.
    Raises LakeUnavailable when either does not answer.
    """
    folder = data.absolute() / "lake"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = connect(folder.with_name("lake.tmp"))
    try:
        options = f"DATA_PATH {quoted(f'{folder}/')}, OVERRIDE_DATA_PATH true"
        _attach(connection, catalog, f"AS lake ({options})", "ducklake:postgres:")
        if source is not None:
            _attach(connection, source, "AS pg (TYPE postgres, READ_ONLY)")
    except BaseException:
        connection.close()
        raise
    return connection


def unavailable(what: str, error: duckdb.Error) -> LakeUnavailable:
    """What is said when something that reads the lake fails; `what` failed. A lake without tables was never loaded."""
    if isinstance(error, duckdb.CatalogException) and "Table with name" in str(error):
        return LakeUnavailable(
            "Nothing was loaded into this lake yet: `trunkline warehouse build` loads now, `trunkline up` by itself."
        )
    return LakeUnavailable(f"{what}: {error}")


def _attach(connection: duckdb.DuckDBPyConnection, url: str, how: str, scheme: str = "") -> None:
    try:
        connection.execute(f"ATTACH {quoted(scheme + url)} {how}")
    except duckdb.Error as error:
        # DuckDB's text repeats the URL, password and all.
        password = str(conninfo_to_dict(url).get("password") or "")
        text = str(error).replace(url, "the database")
        text = text.replace(password, "…") if password else text
        advice = "Is everything up? `trunkline up` starts it."
        raise LakeUnavailable(f"The lake cannot be opened: {text}\n{advice}") from None


def _extension(name: str) -> Path:
    package = f"duckdb_extension_{name}"
    wheel = package.replace("_", "-")
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LakeUnavailable(f"The package {wheel} is not installed: `make run` installs it.")
    path = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.is_file():
        raise LakeUnavailable(f"{wheel} is not made for DuckDB {duckdb.__version__}: install equal versions.")
    return path
