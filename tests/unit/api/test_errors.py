"""api/errors.py: every refusal has a status of its own and says what it is."""

from api.errors import ApiError, NotSignedIn, TooManyTries


def test_every_error_has_its_own_status() -> None:
    kinds = ApiError.__subclasses__()
    assert sorted(kind.status for kind in kinds) == [400, 401, 403, 404, 409, 410, 413, 415, 416, 429, 502, 503]


def test_who_must_wait_is_told_how_long() -> None:
    error = TooManyTries(3.6)
    assert (error.wait, error.headers, "4 s" in error.detail) == (4, {"retry-after": "4"}, True)
    assert TooManyTries(0.1).wait == 1


def test_who_is_not_signed_in_is_told_how_to_be() -> None:
    assert NotSignedIn("x").headers["www-authenticate"].startswith("Bearer")
