"""No token in an address, which is remembered: in histories, in proxies' logs, by the page that comes next. Pure."""

from urllib.parse import parse_qsl

from api.errors import BadRequest

# What clients call it; compared in lower case and without the signs between the words.
NAMES = frozenset(
    {"token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "jwt", "bearer", "authorization", "password"}
)


def refuse_tokens(query: bytes) -> None:
    """Raise BadRequest when a query has a parameter that is meant for a token, whatever its value."""
    if not query:
        return
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name.lower().replace("_", "").replace("-", "").replace(".", "") in NAMES:
            raise BadRequest(
                "A token must not be part of an address: send it in the header Authorization, or sign in by cookie."
            )
