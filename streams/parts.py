"""A PBX's state in parts, as it stands in the table pbx_state: only what changed is written again.

Parts: one each of `head` (what changes with every event), `settings`, `closed`, `resync`, `filing` and `listeners`; one
`call`, `channel`, `ended`, `evidence`, `agent` or `queue` for each in the state; the indexes of bridges and of evidence
follow from those. The body is MessagePack.
`join(split(state))` is the state. Pure; no SQL.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct, structs

from calls.apply import rooms_of
from calls.call import Call
from calls.evidence import Evidence, linked_of
from calls.settings import Settings
from calls.state import Agent, Filing, Listener, Queue, Resync, State, Told


class PartName(Struct, frozen=True):
    """Which part: its kind, and the key in the state's dictionary ("" for those that are there once)."""

    kind: str
    key: str


class Part(Struct, frozen=True):
    """A part as it is stored."""

    kind: str
    key: str
    body: bytes


class Head(Struct, frozen=True):
    """What changes with every event."""

    version: int = 0
    positions: dict[str, tuple[int, int]] = {}
    merged: dict[str, str] = {}
    booted_at: int = 0
    heard_at: int = 0
    told: Told = Told()


# The state's fields that are a part each, and, by the kind of their parts, the dictionaries of which each entry is one.
SINGLE = ("settings", "closed", "resync", "filing", "listeners")
MANY = {
    "call": "calls",
    "channel": "channels",
    "ended": "ended",
    "evidence": "evidence",
    "agent": "agents",
    "queue": "queues",
}

_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {
    "head": msgspec.msgpack.Decoder(Head),
    "settings": msgspec.msgpack.Decoder(Settings),
    "closed": msgspec.msgpack.Decoder(tuple[str, ...]),
    "resync": msgspec.msgpack.Decoder(Resync),
    "filing": msgspec.msgpack.Decoder(Filing),
    "listeners": msgspec.msgpack.Decoder(dict[str, Listener]),
    "call": msgspec.msgpack.Decoder(Call),
    "ended": msgspec.msgpack.Decoder(Call),
    "evidence": msgspec.msgpack.Decoder(Evidence),
    "channel": msgspec.msgpack.Decoder(str),
    "agent": msgspec.msgpack.Decoder(Agent),
    "queue": msgspec.msgpack.Decoder(Queue),
}


def changed_parts(old: State, new: State) -> tuple[list[Part], list[PartName]]:
    """The parts of `new` that `old` has not or has otherwise, and the names of those that are gone.

    Values are compared by identity: the reducer makes new ones when, and only when, something changed.
    """
    if new is old:
        return [], []
    written = [Part("head", "", _encode(_head(new)))]
    for field in SINGLE:
        if getattr(new, field) is not getattr(old, field):
            written.append(Part(field, "", _encode(getattr(new, field))))
    gone: list[PartName] = []
    for kind, field in MANY.items():
        before, after = getattr(old, field), getattr(new, field)
        if before is after:
            continue
        written += [Part(kind, key, _encode(value)) for key, value in after.items() if before.get(key) is not value]
        gone += [PartName(kind, key) for key in before.keys() - after.keys()]
    return written, gone


def split(state: State) -> list[Part]:
    """All parts of a state."""
    return changed_parts(State(pbx=state.pbx), state)[0]


def join(pbx: str, parts: Iterable[Part]) -> State:
    """The state of a PBX from its parts, in any order; without parts the empty state. Raises msgspec.DecodeError."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _decoders}
    for part in parts:
        found[part.kind][part.key] = _decoders[part.kind].decode(part.body)
    fields: dict[str, Any] = structs.asdict(found["head"].get("") or Head())
    fields.update((field, found[field][""]) for field in SINGLE if "" in found[field])
    fields.update((field, found[kind]) for kind, field in MANY.items())
    return State(
        pbx=pbx, rooms=rooms_of(fields["calls"].values()), linked=linked_of(fields["evidence"].values()), **fields
    )


def _head(state: State) -> Head:
    return Head(*(getattr(state, field) for field in Head.__struct_fields__))
