"""A PBX's configuration files, read once: what the checks look at. A file that is not there is empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asterisk import dialplan
from asterisk.conf import Conf, Section, parse
from asterisk.dialplan import Dialplan
from infra.errors import SettingError

# A configuration of one's own is some hundred kilobytes; whatever is larger is not one.
LARGEST_BYTES = 20_000_000


@dataclass(frozen=True)
class Logins:
    """The manager users that Trunkline logs in by: the ingester's and the API's; they may be one."""

    ingester: str = "trunkline"
    control: str = "trunkline-control"


@dataclass(frozen=True)
class Contexts:
    """The doors of the dialplan, by their names there."""

    inbound: str = "pbx-inbound"
    internal: str = "pbx-internal"
    outbound: str = "pbx-outbound"


@dataclass(frozen=True)
class PbxFiles:
    """The files by name, such as `pjsip.conf`. `where` is the folder, for people to read."""

    files: Mapping[str, Conf]
    logins: Logins = field(default_factory=Logins)
    contexts: Contexts = field(default_factory=Contexts)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self.files

    def conf(self, name: str) -> Conf:
        """The file, or an empty one."""
        return self.files.get(name, Conf(name))

    def general(self, name: str) -> Section:
        """Its section [general]."""
        return self.conf(name).section("general")

    @property
    def dialplan(self) -> Dialplan:
        return dialplan.from_conf(self.conf("extensions.conf"))


def read_folder(folder: Path, logins: Logins, contexts: Contexts | None = None) -> PbxFiles:
    """The files of `folder`. Raises SettingError when it cannot be read or holds no configuration of Asterisk."""
    try:
        texts = {path.name: _text(path) for path in sorted(folder.glob("*.conf"))}
    except OSError as error:
        raise SettingError(
            f"{folder} cannot be read: {error.strerror or error}",
            "Run it as a user who may read Asterisk's configuration, or without --asterisk-config.",
        ) from error
    if not texts:
        raise SettingError(f"There is no .conf file in {folder}.", "Give the folder that holds asterisk.conf.")
    read = {name: parse(name, text, lambda pattern: _included(folder, pattern)) for name, text in texts.items()}
    return PbxFiles(read, logins, contexts or Contexts())


def _included(folder: Path, pattern: str) -> list[tuple[str, str]]:
    """Relative to the folder, as for Asterisk; a pattern that matches nothing gives nothing."""
    path = Path(pattern)
    root, relative = (Path("/"), str(path.relative_to("/"))) if path.is_absolute() else (folder, pattern)
    found = sorted(root.glob(relative)) if relative else []
    return [(_name(folder, one), _text(one)) for one in found if one.is_file()]


def _name(folder: Path, path: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES).decode("utf-8", "replace")
