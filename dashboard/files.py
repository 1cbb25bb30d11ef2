"""The pages' own files as a browser gets them: from memory, compressed once, and never asked for again.

Their address has a digest of all of them, so that what is behind it never changes. A page's script is one with all that
it imports, and so are all stylesheets, with the icons in it. What Dash and Plotly bring is kept as it was first
answered. A file that was changed is served after a restart.
"""

import asyncio
import gzip
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from dashboard.guard import AsgiApp, Message, Receive, Scope, Send
from dashboard.modules import joined

STYLES = "styles.css"
# No browser may keep them for others who use it: they are for those who are signed in.
FOR_EVER = "private, max-age=31536000, immutable"

_ICON = re.compile(r'url\("(icons/[\w-]+\.svg)"\)')
_DIGEST_LENGTH = 16
# A small file is one packet either way; a font is compressed already.
_SMALL = 500
_PACKED = frozenset({".woff2", ".png"})
# Dash names its files with any version that is asked for; more than there are files is nobody's browser.
_MOST_KEPT = 200


@dataclass(frozen=True)
class Files:
    """All files by name (`live/rows.js`), and the address of the folder they seem to lie in."""

    base: str
    bodies: Mapping[str, bytes]

    def address(self, name: str) -> str:
        """Where a browser finds a file."""
        return self.base + name


def read_files(folder: Path, prefix: str, styles: Sequence[str], scripts: Sequence[str]) -> Files:
    """Everything in a folder, `styles` as one stylesheet, each of `scripts` with what it imports.

    Raises OSError, and ScriptError for a script that cannot be joined.
    """
    bodies = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    bodies |= {name: joined(bodies, name) for name in scripts} | {STYLES: _together(bodies, styles)}
    digest = sha256()
    for name, body in sorted(bodies.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return Files(f"{prefix}~{digest.hexdigest()[:_DIGEST_LENGTH]}/", bodies)


def _together(bodies: Mapping[str, bytes], styles: Sequence[str]) -> bytes:
    def inside(found: re.Match[str]) -> str:
        return f'url("data:image/svg+xml,{quote(bodies[found[1]])}")'

    return "\n".join(_ICON.sub(inside, bodies[name].decode()) for name in styles).encode()


@dataclass(frozen=True)
class _Kept:
    """An answer, plain and (if that is worth it) packed."""

    kind: str
    plain: bytes
    packed: bytes | None
    control: str
    etag: str | None = None

    def answer(self, headers: Headers) -> Response:
        """For a browser that says what it takes, and what it has."""
        own = {"cache-control": self.control, "vary": "accept-encoding"} | ({"etag": self.etag} if self.etag else {})
        if self.etag and headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=own)
        if self.packed is None or "gzip" not in headers.get("accept-encoding", ""):
            return Response(self.plain, headers=own, media_type=self.kind)
        return Response(self.packed, headers=own | {"content-encoding": "gzip"}, media_type=self.kind)


class FileServer:
    """ASGI: answers for files; everything else is `app`'s.

    `brought`: where those lie that Dash and Plotly bring; `instead`: names of files of ours by the addresses of theirs;
    `more`: others, by addresses behind which nothing ever changes.
    """

    def __init__(
        self, app: AsgiApp, files: Files, brought: str, instead: Mapping[str, str], more: Mapping[str, bytes]
    ) -> None:
        self._app = app
        self._brought = brought
        own = {files.address(name): body for name, body in files.bodies.items()}
        self._kept = {address: _own(address, body) for address, body in (own | dict(more)).items()}
        for path, name in instead.items():
            kept = self._kept[files.address(name)]
            self._kept[path] = replace(kept, control="no-cache", etag=f'"{sha256(kept.plain).hexdigest()}"')
        self._room = _MOST_KEPT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif (kept := self._kept.get(scope["path"])) is not None:
            await kept.answer(Headers(scope=scope))(scope, receive, send)
        elif scope["path"].startswith(self._brought) and self._room:
            await self._fetch(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _fetch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file of Dash's, and keep it."""
        status, headers, pieces = 0, MutableHeaders(), list[bytes]()

        async def hear(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(raw=message["headers"])
            else:
                pieces.append(message.get("body", b""))

        # As if the browser had nothing and took nothing but the plain file.
        plain = [each for each in scope["headers"] if each[0] not in (b"accept-encoding", b"if-none-match")]
        await self._app({**scope, "headers": plain}, receive, hear)
        body = b"".join(pieces)
        if status == 200:
            packed = await asyncio.to_thread(_pack, scope["path"], body)
            control = headers.get("cache-control", "no-cache")
            kept = _Kept(headers.get("content-type", ""), body, packed, control, headers.get("etag"))
            self._room -= scope["path"] not in self._kept
            self._kept[scope["path"]] = kept
            await kept.answer(Headers(scope=scope))(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": status, "headers": headers.raw})
            await send({"type": "http.response.body", "body": body})


def _own(name: str, body: bytes) -> _Kept:
    kind, _ = mimetypes.guess_type(name)
    return _Kept(kind or "application/octet-stream", body, _pack(name, body), FOR_EVER)


def _pack(name: str, body: bytes) -> bytes | None:
    # The time would make each start's answer another one.
    return None if len(body) < _SMALL or PurePosixPath(name).suffix in _PACKED else gzip.compress(body, 6, mtime=0)
