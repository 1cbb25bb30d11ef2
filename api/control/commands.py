"""What a command is: its statuses and how they follow one another, its names on the PBX, and its form. Pure.

accepted → sent → confirmed or failed; accepted may fail too. Nothing leads back, so that an action is written once or
not at all: whoever moves a command to `sent` may write it, and nobody after that.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from api.live.messages import CommandUpdated

# Channels of calls that commands made: the Uniqueid is this and the command's id, and so is the action's id.
PREFIX = "tl-"


class CommandStatus(StrEnum):
    """`accepted`: written down. `sent`: given to the PBX, or just about to be. The others are final."""

    ACCEPTED = "accepted"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


FOLLOWS: dict[CommandStatus, frozenset[CommandStatus]] = {
    CommandStatus.ACCEPTED: frozenset({CommandStatus.SENT, CommandStatus.FAILED}),
    CommandStatus.SENT: frozenset({CommandStatus.CONFIRMED, CommandStatus.FAILED}),
    CommandStatus.CONFIRMED: frozenset(),
    CommandStatus.FAILED: frozenset(),
}
OPEN = frozenset(status for status, following in FOLLOWS.items() if following)


class Command(Struct, frozen=True):
    """A row of `commands`. `channel` is the Uniqueid that it is about, `interface` the agent's."""

    id: UUID
    tenant: str
    user_id: str
    name: str
    arguments: dict[str, Any]
    status: CommandStatus
    detail: str
    pbx: str
    call_id: str | None
    interface: str | None
    channel: str | None
    created_at: datetime
    settled_at: datetime | None = None


class Verdict(Struct, frozen=True):
    """What came of a command, and a sentence on it."""

    confirmed: bool
    detail: str = ""

    @property
    def status(self) -> CommandStatus:
        """The status that follows."""
        return CommandStatus.CONFIRMED if self.confirmed else CommandStatus.FAILED


# What is said of a command that is on its way.
ON_ITS_WAY = "Given to the PBX; what comes of it is not known yet."


def command_form(command: Command) -> CommandUpdated:
    """The command as it is told."""
    waiting = command.status is CommandStatus.SENT and not command.detail
    return CommandUpdated(
        command_id=str(command.id),
        name=command.name,
        status=command.status.value,
        detail=ON_ITS_WAY if waiting else command.detail,
        call_id=command.call_id,
        pbx=command.pbx,
        created_at=_iso(command.created_at),
        settled_at=_iso(command.settled_at) if command.settled_at else None,
    )


def mark_of(command_id: UUID) -> str:
    """The ActionID of a command and, where it makes a call, the Uniqueid of its first channel."""
    return f"{PREFIX}{command_id}"


def command_of(uniqueid: str) -> UUID | None:
    """The command that made the call of this channel, None where none did."""
    if not uniqueid.startswith(PREFIX):
        return None
    try:
        return UUID(uniqueid.removeprefix(PREFIX))
    except ValueError:
        return None


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
