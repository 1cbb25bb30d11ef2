"""api/recordings/__main__.py: the commands, and what they say."""

from click.testing import CliRunner
from integration.api.recordings.conftest import Archive

from api.recordings.__main__ import recordings


def said(archive: Archive, *arguments: str, code: int = 0) -> str:
    """What a command prints."""
    environment = {
        "TRUNKLINE_DATABASE": archive.api,
        "TRUNKLINE_RECORDINGS": str(archive.folder),
        "TRUNKLINE_RECORDING_KEYS": str(archive.folder.parent / "keys.json"),
    }
    done = CliRunner().invoke(recordings, ["keys", *arguments], env=environment)
    assert done.exit_code == code, done.output
    return done.output.strip()


async def test_keys_are_made_listed_and_destroyed(archive: Archive) -> None:
    first = said(archive, "create", "--tenant", "north")
    second = said(archive, "rotate", "--tenant", "north")
    lines = said(archive, "list", "--tenant", "north").splitlines()
    assert [line.split()[0] for line in lines] == [second, first]
    assert lines[0].endswith("in use") and lines[1].endswith("opens older recordings")
    assert "Aborted" in said(archive, "destroy", "--tenant", "north", code=1)
    assert said(archive, "destroy", "--tenant", "north", "--yes") == "2 keys destroyed, 0 recordings gone."
    assert said(archive, "list", "--tenant", "north").count("destroyed") == 2
    assert "no tenant 'nowhere'" in said(archive, "create", "--tenant", "nowhere", code=1)


def test_what_is_not_set_is_named() -> None:
    done = CliRunner().invoke(recordings, ["keys", "list"], env={"TRUNKLINE_DATABASE": "x"})
    assert done.exit_code == 1 and "TRUNKLINE_RECORDING_KEYS" in done.output
