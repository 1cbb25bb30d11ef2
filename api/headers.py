"""The headers that every answer has, whoever gives it. Pure."""

from collections.abc import Iterable

from api.asgi import RawHeaders, as_raw

# For answers that are data: nothing in them may run, load or be framed. Pages bring their own policy.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

DEFAULTS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # A page may ask for the microphone, to telephone; for nothing else.
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "content-security-policy": POLICY,
    "cache-control": "no-store",
}
_DEFAULTS: RawHeaders = [(name.encode(), value.encode()) for name, value in DEFAULTS.items()]
# For a year the browser will not ask this host without TLS, whatever a link says.
_ONLY_TLS = (b"strict-transport-security", b"max-age=31536000")


def with_defaults(headers: Iterable[tuple[bytes, bytes]], *, tls: bool = False) -> RawHeaders:
    """The headers, and those of `DEFAULTS` that are not among them; `tls`: the peer's connection is encrypted."""
    given = as_raw(headers)
    there = {name for name, _ in given}
    wanted = [*_DEFAULTS, _ONLY_TLS] if tls else _DEFAULTS
    return given + [(name, value) for name, value in wanted if name not in there]
