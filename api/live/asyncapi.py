"""/schema/asyncapi.json: every message of the sockets as AsyncAPI 3, made from the types that are sent and taken."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from litestar import Response, get
from msgspec import Struct

from api.access import only
from api.live.messages import SERVER_MESSAGES
from api.live.sent import CLIENT_MESSAGES
from api.roles import EVERYBODY

MEDIA_TYPE = "application/json"
TEMPLATE = "#/components/schemas/{name}"

FRAME = (
    "Each frame is JSON. `seq` counts this socket's frames from 1: a hole means that something was missed, and "
    "`resync` brings a new snapshot. `version` is the position of the PBX that the data is true for."
)
ABOUT = (
    "Two protocols over one hub: plain JSON on the WebSocket /ws/pbx, and Socket.IO (protocol 5, Engine.IO 4) at "
    "/socket.io in the namespace /pbx, where an event's name is the Socket.IO event, its first argument the data and "
    "its second `{seq, version}`. A token is never part of the address: the cookie, the header Authorization, or with "
    "Socket.IO `auth: {token}`. Messages of a client may be sent by the roles in `x-roles`."
)


@get("/schema/asyncapi.json", opt=only(EVERYBODY), include_in_schema=False)
async def asyncapi_json() -> Response[bytes]:
    """The sockets' messages."""
    return Response(_encoded(), media_type=MEDIA_TYPE)


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())


def document() -> dict[str, Any]:
    """The whole document."""
    every = [*(row.data for row in SERVER_MESSAGES.values()), *(row.data for row in CLIENT_MESSAGES.values())]
    types = list(dict.fromkeys(every))
    _, schemas = msgspec.json.schema_components(types, ref_template=TEMPLATE)
    messages = {
        **{event: _from_server(event, row.data, row.when) for event, row in SERVER_MESSAGES.items()},
        **{event: _from_client(event, row.data, row.does, row.roles) for event, row in CLIENT_MESSAGES.items()},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Trunkline", "version": "1", "description": ABOUT},
        "defaultContentType": MEDIA_TYPE,
        "channels": {
            "pbx": {
                "address": "/ws/pbx",
                "description": FRAME,
                "messages": {_id(event): {"$ref": f"#/components/messages/{_id(event)}"} for event in messages},
            }
        },
        "operations": {
            "tell": _operation("send", "What the server tells.", SERVER_MESSAGES),
            "hear": _operation("receive", "What a client may say.", CLIENT_MESSAGES),
        },
        "components": {"messages": {_id(event): each for event, each in messages.items()}, "schemas": schemas},
    }


def _operation(action: str, summary: str, events: Iterable[str]) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/pbx/messages/{_id(event)}"} for event in events]
    return {"action": action, "channel": {"$ref": "#/channels/pbx"}, "summary": summary, "messages": messages}


def _from_server(event: str, data: type[Struct], when: str) -> dict[str, Any]:
    version = {"type": ["integer", "null"]}
    fields = {
        "event": {"const": event},
        "data": _ref(data),
        "seq": {"type": "integer", "minimum": 1},
        "version": version,
    }
    return {"name": event, "summary": when, "payload": _object(fields, list(fields))}


def _from_client(event: str, data: type[Struct], does: str, roles: Iterable[str]) -> dict[str, Any]:
    # What has no fields that must be there may be left out.
    needs = any(field.required for field in msgspec.structs.fields(data))
    fields = {"event": {"const": event}, "data": _ref(data)}
    payload = _object(fields, ["event", "data"] if needs else ["event"])
    return {"name": event, "summary": does, "x-roles": sorted(roles), "payload": payload}


def _object(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": required}


def _ref(data: type[Struct]) -> dict[str, str]:
    return {"$ref": TEMPLATE.format(name=data.__name__)}


def _id(event: str) -> str:
    """An event's name as a key of the document, which takes no colon."""
    return event.replace(":", ".")
