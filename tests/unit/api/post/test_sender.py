"""api/post/sender.py: what is said when no server answers. Real servers: tests/integration/api/post."""

from datetime import UTC, datetime

import pytest

from api.post.account import MailAccount
from api.post.letters import Letter
from api.post.sender import PAUSES_S, SmtpPost

LETTER = Letter("1", "Queues", ("ann@example.com",), ("Hello.",))
# Nothing listens on port 1 of this machine.
NOBODY = MailAccount("127.0.0.1", 1, "reports@example.com", frozenset({"example.com"}), tls="none")


async def test_a_server_that_is_away_may_be_tried_later() -> None:
    tried = await SmtpPost(NOBODY, lambda: datetime(2026, 11, 27, tzinfo=UTC)).send(LETTER)
    assert (tried.taken, tried.refused, tried.is_unknown) == ((), {}, False)
    assert tried.later["ann@example.com"].startswith("the mail server does not answer")


async def test_a_letter_that_can_be_none_is_not_tried() -> None:
    with pytest.raises(ValueError, match="subject"):
        await SmtpPost(NOBODY).send(Letter("1", "Queues\nBcc: eve@evil.example", ("ann@example.com",), ()))


def test_pauses_grow() -> None:
    assert sorted(PAUSES_S) == list(PAUSES_S)
