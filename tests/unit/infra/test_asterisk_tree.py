"""The tree: which packages, from which mirror, with which settings. Nothing is fetched here."""

import os
from pathlib import Path

import pytest

from infra import asterisk_tree
from infra.errors import FetchError

SIMULATION = """\
NOTE: This is only a simulation!
Inst libc6 (2.43-7 Debian:testing [amd64])
Inst perl-base (5.42.3-1 Debian:testing [amd64])
Inst asterisk (1:22.10.1-1 Debian:testing [amd64])
Inst zlib1g (1:1.3.2-3 Debian:testing [amd64])
Conf asterisk (1:22.10.1-1 Debian:testing [amd64])
"""


def test_only_what_a_program_needs_to_run_is_fetched() -> None:
    assert asterisk_tree.wanted(SIMULATION) == ["libc6", "asterisk", "zlib1g"]


@pytest.mark.parametrize(
    ("targets", "mirror"),
    [
        ("http://m.example/debian/ bookworm main\n", "http://m.example/debian/"),
        (
            "http://s.example/ bookworm-security main\nhttp://m.example/debian/ bookworm main",
            "http://m.example/debian/",
        ),
        ("http://m.example/debian/ bookworm contrib\nhttp://n.example/debian/ stable main", "http://n.example/debian/"),
        ("http://tools.example/apt/ nodistro main\n", None),
        ("", None),
    ],
)
def test_mirror_is_the_archive_that_has_the_release_itself(targets: str, mirror: str | None) -> None:
    assert asterisk_tree.debian_mirror(targets, "bookworm") == mirror


def test_apt_is_kept_away_from_the_system(tmp_path: Path) -> None:
    text = asterisk_tree.configuration(tmp_path, "amd64")
    folders = [line.split('"')[1] for line in text.splitlines() if line.startswith("Dir::")]
    assert folders
    assert all(folder == "/dev/null" or folder.startswith(str(tmp_path)) for folder in folders)


def test_unknown_machine_is_refused_with_advice() -> None:
    with pytest.raises(FetchError, match="simulator"):
        asterisk_tree.architecture("riscv64")


def test_program_runs_by_the_trees_own_loader(tmp_path: Path) -> None:
    loader, option, folder, program = asterisk_tree.program(tmp_path)
    assert Path(loader).parent == Path(folder) == asterisk_tree.libraries(tmp_path)
    assert (option, program) == ("--library-path", str(tmp_path / "usr/sbin/asterisk"))


def test_tree_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    tree = tmp_path / f"{asterisk_tree.SUITE}-{asterisk_tree.architecture().debian}"
    tree.mkdir()
    assert asterisk_tree.fetch(tmp_path) == tree


def test_failed_tool_is_quoted() -> None:
    with pytest.raises(FetchError, match="the mirror is away"):
        asterisk_tree.run_tool(("sh", "-c", "echo the mirror is away; exit 3"), os.environ)


def test_tool_that_succeeds_gives_its_output() -> None:
    assert asterisk_tree.run_tool(("echo", "forky main"), os.environ) == "forky main"
