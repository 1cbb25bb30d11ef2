"""What browsers are told about every answer of the dashboard: what may run, what may be kept.

Scripts come from this origin only; the one inline script that Dash itself writes is allowed by its hash. Styles may be
inline, because Plotly writes its own.
"""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders

from dashboard.guard import AsgiApp, Message, Receive, Scope, Send


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """The policy; `script_hashes` as Dash gives them, quoted (`'sha256-…'`)."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(script_hashes)}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Headers:
    """ASGI: adds the headers to every HTTP answer of `app`. No browser or proxy keeps figures; files are kept."""

    def __init__(self, app: AsgiApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(raw=message["headers"]))
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders) -> None:
        headers["content-security-policy"] = self._policy
        headers["x-content-type-options"] = "nosniff"
        headers["referrer-policy"] = "same-origin"
        # Files are found unchanged or say themselves how long they last; the rest holds a tenant's figures.
        if "cache-control" not in headers:
            headers["cache-control"] = "no-cache" if "etag" in headers else "no-store"
