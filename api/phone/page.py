"""The agent's desk at /phone: the page that is built from api/softphone, and its files.

The files are read once, at the start, from a list of names: no path of a request ever reaches the disk.
"""

from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect
from msgspec import Struct

from api.access import open_because
from api.errors import ApiError, NotFound
from api.gate import Gate
from api.pages import File, not_modified, read_file

BUILT: Final = Path(__file__).parents[1] / "softphone" / "built"

FILES: Final = {
    "phone.js": "text/javascript",
    "phone.css": "text/css",
    "sw.js": "text/javascript",
    "manifest.webmanifest": "application/manifest+json",
    "icon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
}

# Nothing but our own files, nothing inline, nobody around it; sound comes from streams that the page has itself.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

# The service worker has the page itself in its scope, and asks for nothing but what this server has.
WORKERS: Final = {
    "sw.js": {
        "service-worker-allowed": "/phone",
        "content-security-policy": "default-src 'none'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    }
}


class Desktop(Struct, frozen=True):
    """The page, its files by name, and the gate that it asks."""

    page: bytes
    files: dict[str, File]
    gate: Gate


def read_desktop(gate: Gate) -> Desktop:
    """Read everything from the disk. Raises OSError when the installation is not whole."""
    files = {name: read_file(BUILT / name, media) for name, media in FILES.items()}
    return Desktop((BUILT / "index.html").read_bytes(), files, gate)


OurDesktop = NamedDependency[SkipValidation[Desktop]]


@get("/phone", opt=open_because("it only leads to the login or is an empty page"), include_in_schema=False)
async def phone_page(request: Request[Any, Any, Any], desktop: OurDesktop) -> Response[bytes] | Redirect:
    """The desk, or the login for who is not signed in, which leads back here with whom to call."""
    try:
        await desktop.gate.admit(request.headers, request.method)
    except ApiError:
        query = request.scope["query_string"].decode("latin-1")
        return Redirect(f"/login?next={quote('/phone' + ('?' + query if query else ''), safe='')}", status_code=303)
    headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
    return Response(desktop.page, media_type=MediaType.HTML, headers=headers)


@get("/phone/{name:str}", opt=open_because("files of the phone's page"), include_in_schema=False)
async def phone_file(request: Request[Any, Any, Any], desktop: OurDesktop, name: FromPath[str]) -> Response[bytes]:
    """One of the page's files; asked for each time, so that page and script are always of one release."""
    file = desktop.files.get(name)
    if file is None:
        raise NotFound("There is nothing at this address.")
    headers = {"etag": file.etag, "cache-control": "no-cache", **WORKERS.get(name, {})}
    if not_modified(request, file):
        return Response(b"", status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


def desktop_router(desktop: Desktop) -> Router:
    """The page and its files."""
    provided = {"desktop": Provide(lambda: desktop, sync_to_thread=False)}
    return Router("/", route_handlers=[phone_page, phone_file], dependencies=provided)
