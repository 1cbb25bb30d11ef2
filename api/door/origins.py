"""From which pages requests and sockets may come. Pure.

A browser says in `Origin`, which no page can forge, whose page asked. Ours is the very scheme, host and port that was
asked; others may be named (`TRUNKLINE_ORIGINS`), each compared as a whole: a name that begins or ends alike is another.
"""

from urllib.parse import urlsplit

from litestar.datastructures import Headers
from msgspec import Struct

from api.errors import NotAllowed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# "none" is the user's own doing: an address typed, a bookmark.
OWN_SITE = frozenset({"same-origin", "none"})
PLAIN_OR_TLS = frozenset({"http", "https"})


class Origins(Struct, frozen=True):
    """The pages that are let in: our own, and `others` as browsers write them (`https://crm.example:8443`).

    `schemes`: of our own pages. Behind a proxy we cannot know whether it spoke TLS, so both count there.
    """

    others: frozenset[str] = frozenset()
    schemes: frozenset[str] = PLAIN_OR_TLS

    def admits(self, headers: Headers) -> bool:
        """Whether `Origin` is one of ours. None, `null` and more than one are not."""
        told = headers.getall("origin", [])
        return len(told) == 1 and (told[0].lower() in self.others or self._is_own(told[0], headers.get("host", "")))

    def refuse_others(self, headers: Headers, method: str | None, *, by_cookie: bool) -> None:
        """Raise NotAllowed when another site's page may be behind this request; `method` is None for a socket.

        A socket must name its page, and it must be one of ours. An unsafe request that says where it comes from must
        come from us; one that says nothing comes from no browser, which is fine unless it lives on the cookie.
        """
        if method is None:
            if not self.admits(headers):
                raise NotAllowed("A socket opens only from a page of this address.")
            return
        if method in SAFE_METHODS:
            return
        if "origin" in headers:
            if not self.admits(headers):
                raise NotAllowed("This request came from another site's page.")
            named = headers["origin"].lower() in self.others
        else:
            named = False
        # Of a page on another site that was named, the browser rightly says that it is another site's.
        site = headers.get("sec-fetch-site")
        if site is not None and site not in OWN_SITE and not named:
            raise NotAllowed("This request came from another site's page.")
        if by_cookie and site is None and "origin" not in headers:
            raise NotAllowed("With a cookie, say where the request comes from: send the header Origin.")

    def _is_own(self, origin: str, host: str) -> bool:
        # Compared, not taken apart: what is no URL is no origin of ours either.
        return bool(host) and origin.lower() in {f"{scheme}://{host.lower()}" for scheme in self.schemes}


def read_origins(text: str) -> frozenset[str]:
    """Origins from a list with commas, as browsers write them. Raises ValueError that names one that is none."""
    return frozenset(_origin(word.strip()) for word in text.split(",") if word.strip())


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in PLAIN_OR_TLS
        or not parts.hostname
        or text.lower() != f"{parts.scheme}://{parts.netloc}".lower()
    ):
        raise ValueError(f"{text!r} is no origin: give scheme, host and port only, such as https://crm.example.com")
    if "@" in parts.netloc or "*" in parts.netloc:
        raise ValueError(f"{text!r} is no origin: it may have neither a user nor a *")
    return text.lower()
