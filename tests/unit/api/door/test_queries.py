"""api/door/queries.py: no token in an address."""

import pytest

from api.door.queries import refuse_tokens
from api.errors import BadRequest


@pytest.mark.parametrize(
    "query",
    [b"token=x", b"TOKEN=x", b"a=1&access_token=x", b"accessToken=x", b"access-token=", b"%74oken=x", b"jwt=x",
     b"token", b"Authorization=Bearer+x", b"refresh_token=x", b"a=1&b=2&password=x"],
)  # fmt: skip
def test_a_token_is_refused_whatever_it_is_called(query: bytes) -> None:
    with pytest.raises(BadRequest, match="must not be part of an address"):
        refuse_tokens(query)


@pytest.mark.parametrize("query", [b"", b"startDate=2026-11-22", b"next=%2Freports%2F%3Fa", b"tokens=1", b"\xff=\xfe"])
def test_everything_else_is_not(query: bytes) -> None:
    refuse_tokens(query)
