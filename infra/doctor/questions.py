"""What the doctor asks a running PBX over AMI, beside what `asterisk.actions` has. Nothing is changed."""

from dataclasses import dataclass, field
from typing import ClassVar

from asterisk.encoding import Action


@dataclass(frozen=True, slots=True)
class CoreSettings(Action):
    """Version and system name."""

    name: ClassVar[str] = "CoreSettings"


@dataclass(frozen=True, slots=True)
class ListCommands(Action):
    """The actions that this login may use."""

    name: ClassVar[str] = "ListCommands"


@dataclass(frozen=True, slots=True)
class ShowWholeDialPlan(Action):
    """Every context: ListDialplan items."""

    name: ClassVar[str] = "ShowDialPlan"


@dataclass(frozen=True, slots=True)
class ModuleCheck(Action):
    """Whether a module is loaded; an error where it is not."""

    name: ClassVar[str] = "ModuleCheck"
    module: str


@dataclass(frozen=True, slots=True)
class PJSIPShowEndpoints(Action):
    """Every endpoint with its state: EndpointList items. (One endpoint's details would come with its password.)"""

    name: ClassVar[str] = "PJSIPShowEndpoints"


@dataclass(frozen=True, slots=True)
class OwnEvent(Action):
    """An event of our own, sent back to everybody who listens to the class `user`; it stands in no call."""

    name: ClassVar[str] = "UserEvent"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("UserEvent", "TrunklineDoctor"),)
    nonce: str = field(repr=False)
