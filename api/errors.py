"""Why a request is refused. Each has the HTTP status and a sentence that the caller may read; nothing of the inside.

ApiError
├── BadRequest     400  what was sent makes no sense; the text names the field
├── NotSignedIn    401  nobody, or nobody any more
├── NotAllowed     403  somebody, but not for this
├── NotFound       404  also for what belongs to another tenant
├── Conflict       409  it would contradict what is there
├── Gone           410  it was there, and was deleted
├── TooLarge       413  more bytes than this route takes
├── WrongType      415  a body that is not JSON
├── RangeRefused   416  none of the bytes that were asked for are there
├── TooManyTries   429  with the seconds to wait
├── BadGateway     502  the dashboard does not answer
└── Unavailable    503  a part that is needed does not answer
"""

import math


class ApiError(Exception):
    """The base; never raised itself. `detail` is shown to the caller."""

    status = 500

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer beside the usual ones."""
        return {}


class BadRequest(ApiError):
    """What was sent makes no sense."""

    status = 400


class NotSignedIn(ApiError):
    """No token, or one that does not hold."""

    status = 401

    @property
    def headers(self) -> dict[str, str]:
        return {"www-authenticate": 'Bearer realm="trunkline"'}


class NotAllowed(ApiError):
    """The role does not open this, or the request came from another site."""

    status = 403


class NotFound(ApiError):
    """Not there for this tenant."""

    status = 404


class Conflict(ApiError):
    """It would contradict what is there; the text says what."""

    status = 409


class Gone(ApiError):
    """It was there, and was deleted; the text says why."""

    status = 410


class TooLarge(ApiError):
    """The body is larger than this route takes."""

    status = 413


class WrongType(ApiError):
    """The body is not of a type that this route reads."""

    status = 415


class RangeRefused(ApiError):
    """None of the bytes that were asked for are there: there are `total`."""

    status = 416

    def __init__(self, total: int) -> None:
        super().__init__(f"The range is beyond the end: there are {total} bytes.")
        self._total = total

    @property
    def headers(self) -> dict[str, str]:
        return {"content-range": f"bytes */{self._total}"}


class TooManyTries(ApiError):
    """`what` was too often, or is too much at once; `wait` seconds from now it may be tried again."""

    status = 429

    def __init__(self, wait: float, what: str = "Too many tries.") -> None:
        self.wait = max(1, math.ceil(wait))
        super().__init__(f"{what} Try again in {self.wait} s.")

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": str(self.wait)}


class BadGateway(ApiError):
    """The dashboard does not answer."""

    status = 502


class Unavailable(ApiError):
    """A part that this needs does not answer now."""

    status = 503
