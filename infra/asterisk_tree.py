"""Asterisk's programs without root: Debian's packages, fetched once per user and unpacked beside the system.

apt itself fetches, from the mirror that this machine's own apt uses, into a state of our own: nothing of the system's
is touched, and every package is checked against the index that Debian's archive key has signed. The result is a
*tree*: a folder whose programs run by their own loader (`loader`), whatever libc the system has. A tree is there as a
whole or not at all. Nothing is started here.
"""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.errors import FetchError
from infra.folder_lock import FolderLock

# The release of Debian that carries Asterisk 22.
SUITE = "forky"
PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-gsm")
# Of everything that these ask for, libraries are what a program needs to run; the rest serves installation.
NEEDED = re.compile(r"(asterisk|lib|zlib1g)")
KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
TOOLS = ("apt-get", "apt-config", "dpkg-deb")
# Another run of ours may be fetching at this moment; on a slow line it needs minutes.
PATIENCE_SECONDS = 600.0

# Told how many steps are done, of how many: each package counts once for its download, once for its unpacking.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Architecture:
    """What one kind of machine is called by Debian, and where its loader is found."""

    debian: str
    triplet: str
    loader: str


ARCHITECTURES = {
    "x86_64": Architecture("amd64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": Architecture("arm64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}


def architecture(machine: str | None = None) -> Architecture:
    """This machine's architecture. Raises FetchError where Asterisk cannot be had this way."""
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        raise FetchError(
            f"No Asterisk can be fetched for a {machine} machine.",
            "Use an Asterisk of your own (`--pbx HOST:PORT`) or the simulator.",
        )
    return ARCHITECTURES[machine]


def libraries(tree: Path) -> Path:
    """The folder of the tree's shared libraries."""
    return tree / "usr/lib" / architecture().triplet


def program(tree: Path) -> tuple[str, ...]:
    """The beginning of a command line that runs the tree's Asterisk by the tree's own loader and libc."""
    folder = libraries(tree)
    return (str(folder / architecture().loader), "--library-path", str(folder), str(tree / "usr/sbin/asterisk"))


def fetch(cache: Path, mirror: str = "", progress: Progress | None = None) -> Path:
    """The tree under `cache`; fetched first when it is not there yet (70 MB, then 210 MB on the disk).

    `mirror` is the address of a Debian archive; by default the one in this machine's own apt sources. Raises FetchError
    when there is no Debian's apt, no mirror, or no connection; InUseError when somebody else fetches for too long.
    """
    tree = cache / f"{SUITE}-{architecture().debian}"
    if tree.exists():
        return tree
    lock = FolderLock.take(cache, PATIENCE_SECONDS)
    try:
        lock.name_owner(os.getpid())
        if not tree.exists():
            _fetch_locked(tree, mirror, progress)
    finally:
        lock.release()
    return tree


def _fetch_locked(tree: Path, mirror: str, progress: Progress | None) -> None:
    _check_tools()
    with tempfile.TemporaryDirectory(dir=tree.parent, prefix="fetch-") as folder:
        apt = _Apt(Path(folder), mirror or own_mirror())
        names = apt.needed_packages()
        steps = _Steps(2 * len(names), progress)
        unpacked = Path(folder, "tree")
        _unpack(apt.download(names, steps), unpacked, steps)
        # Asterisk looks for the prompts of a language under its code; a maintainer script would have made this link.
        (unpacked / "usr/share/asterisk/sounds/en").symlink_to("en_US_f_Allison")
        unpacked.rename(tree)


def _check_tools() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise FetchError(
            f"Fetching Asterisk needs Debian's {', '.join(missing)}.",
            "Use an Asterisk of your own (`--pbx HOST:PORT`) or the simulator.",
        )


class _Steps:
    """Counts what is done and tells."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._done = 0
        self._progress = progress

    def advance(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


def _unpack(packages: list[Path], target: Path, steps: _Steps) -> None:
    def unpack(package: Path) -> None:
        run_tool(("dpkg-deb", "-x", str(package), str(target)), os.environ)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(unpack, packages):
            steps.advance()


# ---- apt, with a state of its own ----------------------------------------------------------------------------------


class _Apt:
    """Runs apt with everything it keeps in `folder`."""

    def __init__(self, folder: Path, mirror: str) -> None:
        self._folder = folder
        for name in ("lists/partial", "cache/archives/partial", "none", "packages"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(f"deb [signed-by={_keyring()}] {mirror} {SUITE} main\n")
        (folder / "apt.conf").write_text(configuration(folder, architecture().debian) + _own_connection())
        self._env = os.environ | {"APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C"}

    def needed_packages(self) -> list[str]:
        """The names of the packages to fetch, after asking the mirror for its index."""
        run_tool(("apt-get", "-qq", "update"), self._env)
        return wanted(run_tool(("apt-get", "-s", "install", *PACKAGES), self._env))

    def download(self, names: list[str], steps: _Steps) -> list[Path]:
        """Fetch the packages; apt refuses any whose hash is not the signed one."""
        command = ("apt-get", "-q", "download", *names)
        target = self._folder / "packages"
        for line in _lines(command, self._env, target):
            if line.startswith("Get:"):
                steps.advance()
        return sorted(target.glob("*.deb"))


def configuration(folder: Path, debian_architecture: str) -> str:
    """An apt.conf that keeps everything in `folder` and reads nothing of the system's configuration."""
    settings = {
        "Dir::State": folder,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": folder / "none",
        "Dir::Etc::parts": folder / "none",
        "Dir::Etc::main": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": folder / "none",
        "APT::Architecture": debian_architecture,
        "APT::Architectures": debian_architecture,
        "APT::Install-Recommends": "false",
        # The folder is ours alone, so apt's own unprivileged user could not write there.
        "APT::Sandbox::User": "",
        # A mirror that is frozen at a date serves an index that has run out; its signature still counts.
        "Acquire::Check-Valid-Until": "false",
        # Without this an index that could not be fetched is only a warning.
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return "".join(f'{name} "{value}";\n' for name, value in settings.items())


def wanted(simulation: str) -> list[str]:
    """The packages to unpack, from what `apt-get -s install` prints (`Inst NAME (VERSION …)` a line)."""
    installed = re.findall(r"^Inst (\S+)", simulation, re.MULTILINE)
    return [name for name in installed if NEEDED.match(name)]


def own_mirror() -> str:
    """The Debian archive in this machine's own apt sources. Raises FetchError when there is none."""
    targets = run_tool(("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"), os.environ)
    system = platform.freedesktop_os_release()
    mirror = debian_mirror(targets, system.get("VERSION_CODENAME", "")) if system.get("ID") == "debian" else None
    if mirror is None:
        raise FetchError(
            "This machine's apt sources name no Debian archive.",
            "Give the address of one in TRUNKLINE_DEBIAN_MIRROR, or use the simulator.",
        )
    return mirror


def debian_mirror(targets: str, codename: str) -> str | None:
    """The archive that has the release `codename` itself, from lines of `URI RELEASE COMPONENT`."""
    releases = {codename, "stable", "testing", "unstable", "sid"}
    rows = (line.split() for line in targets.splitlines())
    found = (row[0] for row in rows if len(row) == 3 and row[1] in releases and row[2] == "main")
    return next(found, None)


def _keyring() -> Path:
    found = [path for name in KEYRINGS if (path := Path("/usr/share/keyrings", name)).exists()]
    if not found:
        raise FetchError(
            "Debian's archive key, by which its packages are checked, is not on this machine.",
            "Install it (`sudo apt-get install debian-archive-keyring`), or use the simulator.",
        )
    return found[0]


def _own_connection() -> str:
    """How this machine's apt reaches the network (proxies, certificates), as lines for ours."""
    lines = run_tool(("apt-config", "dump"), os.environ).splitlines(keepends=True)
    return "".join(line for line in lines if re.match(r"Acquire::https?::", line))


def run_tool(command: tuple[str, ...], env: Mapping[str, str]) -> str:
    """What the command prints. Raises FetchError with its last words when it fails."""
    return "\n".join(_lines(command, env))


def _lines(command: tuple[str, ...], env: Mapping[str, str], folder: Path | None = None) -> Iterator[str]:
    """Yield the command's lines of output as they come. Raises FetchError with its last words when it fails."""
    last: list[str] = []
    with subprocess.Popen(
        command, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = [*last[-9:], line.rstrip()]
            yield line.rstrip()
    if process.returncode != 0:
        raise FetchError(
            f"`{' '.join(command[:3])}` failed:\n" + "\n".join(last),
            "Check the network and this machine's apt sources (does `apt-get update` work?), then start again.",
        )
