"""What the reducer must know beyond a PBX's own events: names, tenants, wrap-up, thresholds.

It is an event too (source `settings`), so that a replay knows what was true then. Unknown queues and agents are no
error: the defaults apply, and a queue member seen on the PBX is an agent at once.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct, field
from msgspec.structs import asdict, replace

DEFAULT_TENANT = "default"
WRAPUP_REASONS = ("wrap-up", "wrapup", "wrap up", "after call", "after call work", "acw")


class QueueSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One queue. Durations in seconds, `target` a ratio 0-1. None means: the default of the whole."""

    name: str | None = None
    tenant: str | None = None
    wrapup_s: float | None = None
    service_level_s: float | None = None
    short_abandon_s: float | None = None
    target: float | None = None


class AgentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One interface that belongs to a person."""

    agent_id: str | None = None
    name: str | None = None
    tenant: str | None = None


Named = TypeVar("Named", QueueSettings, AgentSettings)


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything, for one PBX. `queues` by queue id, `agents` by interface (`PJSIP/1001`).

    A pause for one of `wrapup_reasons`, in capitals or not, is wrap-up that the agent ends, not a break.
    """

    default_tenant: str = DEFAULT_TENANT
    wrapup_s: float = 0.0
    service_level_s: float = 20.0
    short_abandon_s: float = 5.0
    target: float = 0.8
    wrapup_reasons: tuple[str, ...] = WRAPUP_REASONS
    queues: dict[str, QueueSettings] = field(default_factory=dict)
    agents: dict[str, AgentSettings] = field(default_factory=dict)

    def is_wrapup(self, reason: str) -> bool:
        """Whether a pause for this reason is wrap-up."""
        return reason.strip().casefold() in (known.casefold() for known in self.wrapup_reasons)

    def queue(self, queue_id: str) -> QueueSettings:
        """The settings of one queue with every default filled in."""
        own = self.queues.get(queue_id, _NO_QUEUE)
        return QueueSettings(
            name=own.name or queue_id,
            tenant=own.tenant or self.default_tenant,
            wrapup_s=self.wrapup_s if own.wrapup_s is None else own.wrapup_s,
            service_level_s=self.service_level_s if own.service_level_s is None else own.service_level_s,
            short_abandon_s=self.short_abandon_s if own.short_abandon_s is None else own.short_abandon_s,
            target=self.target if own.target is None else own.target,
        )

    def agent(self, interface: str, member_name: str = "") -> AgentSettings:
        """The person behind an interface; unknown: the interface is the id, the queue's member name the name."""
        own = self.agents.get(interface, _NO_AGENT)
        return AgentSettings(
            agent_id=own.agent_id or interface,
            name=own.name or member_name or interface,
            tenant=own.tenant or self.default_tenant,
        )


class Administered(Struct, frozen=True):
    """What administrators say of one PBX's queues and agents, as the topic `settings` has it, newest per PBX.

    `version` grows with each change. It is laid over the file that the ingester was given, see `overlaid`.
    """

    version: int
    queues: dict[str, QueueSettings] = field(default_factory=dict)
    agents: dict[str, AgentSettings] = field(default_factory=dict)


decode_administered = msgspec.json.Decoder(Administered).decode


def overlaid(base: Settings, said: Administered) -> Settings:
    """`base` where administrators say nothing, field by field."""
    return replace(
        base,
        queues=base.queues | {name: _over(base.queues.get(name, _NO_QUEUE), new) for name, new in said.queues.items()},
        agents=base.agents | {name: _over(base.agents.get(name, _NO_AGENT), new) for name, new in said.agents.items()},
    )


def _over(old: Named, new: Named) -> Named:
    return replace(old, **{name: value for name, value in asdict(new).items() if value is not None})


_NO_QUEUE = QueueSettings()
_NO_AGENT = AgentSettings()
