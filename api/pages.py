"""The pages that are there before anybody is signed in: /login with its files, and / which leads on.

The files are read once, at the start, from a list of names: no path of a request ever reaches the disk. The look
(values, font, theme) is the dashboard's own, from the one place where it is kept.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect
from msgspec import Struct

from api.access import open_because
from api.errors import ApiError, NotFound
from api.gate import Gate

OWN: Final = Path(__file__).parent / "static"
LOOK: Final = Path(__file__).parent.parent / "dashboard" / "assets"

FILES: Final = {
    "/login.css": (OWN, "text/css"),
    "/login.js": (OWN, "text/javascript"),
    "/tokens.css": (LOOK, "text/css"),
    "/theme.js": (LOOK, "text/javascript"),
    "/session.js": (LOOK, "text/javascript"),
    "/icons/brand.svg": (LOOK, "image/svg+xml"),
    "/fonts/inter-latin-wght-normal.woff2": (LOOK, "font/woff2"),
    "/fonts/inter-latin-ext-wght-normal.woff2": (LOOK, "font/woff2"),
}

# Nothing but our own files, nothing inline, nobody around it.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A new release is seen within the hour; in between nothing is asked again.
KEPT: Final = "public, max-age=3600"


class File(Struct, frozen=True):
    """A file as it is sent."""

    body: bytes
    media_type: str
    etag: str


class Pages(Struct, frozen=True):
    """The login page, its files by path, and the gate that / asks."""

    login: bytes
    files: dict[str, File]
    gate: Gate


def read_pages(gate: Gate) -> Pages:
    """Read everything from the disk. Raises OSError when the installation is not whole."""
    files = {name: read_file(folder / name.removeprefix("/"), media) for name, (folder, media) in FILES.items()}
    return Pages((OWN / "login.html").read_bytes(), files, gate)


def read_away_page() -> bytes:
    """The page that stands for the dashboard while it is down. Raises OSError when the installation is not whole."""
    return (OWN / "away.html").read_bytes()


def read_file(path: Path, media_type: str) -> File:
    """A file with its tag. Raises OSError."""
    body = path.read_bytes()
    return File(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def not_modified(request: Request[Any, Any, Any], file: File) -> bool:
    """Whether the browser has it already."""
    return request.headers.get("if-none-match") == file.etag


OurPages = NamedDependency[SkipValidation[Pages]]


@get("/", opt=open_because("it only leads to the login or to the pages behind it"), include_in_schema=False)
async def root(request: Request[Any, Any, Any], pages: OurPages) -> Redirect:
    """To the dashboard, an agent to the phone, a stranger to the login."""
    try:
        principal = await pages.gate.admit(request.headers, request.method)
    except ApiError:
        return Redirect("/login", status_code=303)
    return Redirect("/phone" if principal.role == "agent" else "/reports/", status_code=303)


@get("/login", opt=open_because("it is the way in"), media_type=MediaType.HTML, include_in_schema=False)
async def login_page(pages: OurPages) -> Response[bytes]:
    """The page that signs somebody in."""
    headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
    return Response(pages.login, media_type=MediaType.HTML, headers=headers)


@get("/static/{name:path}", opt=open_because("files of the login page"), include_in_schema=False)
async def static(request: Request[Any, Any, Any], pages: OurPages, name: FromPath[Path]) -> Response[bytes]:
    """One of the login page's files."""
    file = pages.files.get(name.as_posix())
    if file is None:
        raise NotFound("There is nothing at this address.")
    headers = {"etag": file.etag, "cache-control": KEPT}
    if not_modified(request, file):
        return Response(b"", status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


def pages_router(pages: Pages) -> Router:
    """The pages at the root."""
    provided = {"pages": Provide(lambda: pages, sync_to_thread=False)}
    return Router("/", route_handlers=[root, login_page, static], dependencies=provided)
