"""GET /api/pbx/recordings…: what was recorded of calls, and the sound of it. By ids, never by paths."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import Struct

from api.access import only
from api.admin.acting import Items, Limit, Offset, id_of, is_plain
from api.errors import NotFound
from api.recordings.playing import Player
from api.recordings.ranges import Span
from api.recordings.rows import LISTENERS, Recording, RecordingRows
from api.tokens import Principal


class RecordingDesk(Struct, frozen=True):
    """What the routes need."""

    rows: RecordingRows
    player: Player


OurDesk = NamedDependency[SkipValidation[RecordingDesk]]
Asked = Request[Principal, Any, Any]


class RecordingForm(Struct, frozen=True, rename="camel"):
    """One recording. Without `callId`: the call was not known yet; only administrators see it. `seconds` of sound."""

    id: str
    call_id: str | None
    pbx: str
    started_at: datetime | None
    ended_at: datetime
    seconds: float | None
    media_type: str
    stored_at: datetime
    deleted_at: datetime | None
    deleted_because: str | None


@get("/")
async def recordings(
    request: Asked,
    desk: OurDesk,
    call_id: Annotated[str | None, QueryParameter(name="callId", description="only those of this call")] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Items[RecordingForm]:
    """The recordings that one may hear, newest first."""
    if call_id is not None and not is_plain(call_id):
        raise NotFound("Call session not found")
    found, total = await desk.rows.listed(request.user, call_id, limit, offset)
    return Items([_form(each) for each in found], total)


@get("/{recording_id:str}")
async def recording(request: Asked, desk: OurDesk, recording_id: FromPath[str]) -> RecordingForm:
    """One recording; also one that was deleted, with when and why."""
    return _form(await desk.rows.one(request.user, id_of(recording_id, "recording")))


@get("/{recording_id:str}/audio")
async def audio(
    request: Asked,
    desk: OurDesk,
    recording_id: FromPath[str],
    download: Annotated[bool, QueryParameter(name="download", description="to be saved rather than played")] = False,
) -> Stream:
    """The sound: all of it, or the part that the header `Range` asks for.

    Each time is one row of the audit log, written before the first byte. What is damaged is refused, not played.
    """
    found = await desk.rows.one(request.user, id_of(recording_id, "recording"))
    tag = f'"{found.sha256[:32]}"'
    wanted = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:
        wanted = None
    span = await desk.player.span(found, wanted)
    action = "recording.download" if download else "recording.play"
    await desk.rows.put_down(request.user, action, found, {"first": span.first, "last": span.last, "bytes": span.total})
    return Stream(
        desk.player.bytes_of(found, span),
        status_code=206 if span.partial else 200,
        media_type=found.media_type,
        headers=_headers(found, span, tag, download),
    )


def _headers(found: Recording, span: Span, tag: str, download: bool) -> dict[str, str]:
    headers = {
        "accept-ranges": "bytes",
        "content-length": str(span.length),
        "content-disposition": f'{"attachment" if download else "inline"}; filename="{_file_name(found)}"',
        "etag": tag,
    }
    return headers | {"content-range": span.content_range} if span.partial else headers


def _file_name(found: Recording) -> str:
    """Made of nothing that came from outside: the moment (UTC) and the beginning of the id."""
    began = (found.started_at or found.ended_at).astimezone(UTC)
    ending = "wav" if found.media_type == "audio/wav" else "bin"
    return f"recording-{began:%Y%m%dT%H%M%SZ}-{str(found.id)[:8]}.{ending}"


def _form(found: Recording) -> RecordingForm:
    return RecordingForm(
        id=str(found.id),
        call_id=found.call_id,
        pbx=found.pbx,
        started_at=found.started_at,
        ended_at=found.ended_at,
        seconds=found.seconds,
        media_type=found.media_type,
        stored_at=found.stored_at,
        deleted_at=found.deleted_at,
        deleted_because=found.deleted_because,
    )


def recording_router(desk: RecordingDesk) -> Router:
    """The routes under /api/pbx/recordings."""
    return Router(
        "/api/pbx/recordings",
        route_handlers=[recordings, recording, audio],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(LISTENERS),
        tags=["Recordings"],
    )
