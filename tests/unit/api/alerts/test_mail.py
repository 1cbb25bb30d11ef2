"""api/alerts/mail.py: what becomes of an alert's letter."""

import pytest

from api.alerts.mail import NoMail, PostedMail
from api.alerts.webhook import NotSent
from api.post.account import MailAccount
from api.post.letters import Letter
from api.post.sender import Tried

ANA = "ana@lind.example"
LETTER = Letter("1", "Alert: Many wait", (ANA,), ("4 wait.",))


class FakePost:
    """Answers every letter alike."""

    def __init__(self, tried: Tried) -> None:
        self.tried, self.letters = tried, list[Letter]()

    async def send(self, letter: Letter) -> Tried:
        self.letters.append(letter)
        return self.tried


def mail(post: FakePost, domain: str = "lind.example") -> PostedMail:
    account = MailAccount("smtp.lind.example", 25, "alerts@lind.example", frozenset({domain}))
    return PostedMail(post, account)


async def test_a_letter_that_is_taken_is_sent() -> None:
    post = FakePost(Tried((ANA,)))
    await mail(post).send(LETTER)
    assert post.letters == [LETTER]


@pytest.mark.parametrize(
    ("tried", "words", "is_final"),
    [
        (Tried(refused={ANA: "550 nobody"}), "550 nobody", True),
        (Tried(later={ANA: "451 not now"}), "451 not now", False),
        # It may be there: a second one would be one too many.
        (Tried(is_unknown=True, words="lost"), "the server may have it, and is not asked again: lost", True),
    ],
)
async def test_what_is_not_taken_is_told(tried: Tried, words: str, is_final: bool) -> None:
    with pytest.raises(NotSent, match=words) as caught:
        await mail(FakePost(tried)).send(LETTER)
    assert caught.value.is_final == is_final


async def test_nothing_goes_to_domains_that_are_not_allowed() -> None:
    post = FakePost(Tried((ANA,)))
    with pytest.raises(NotSent, match=ANA):
        await mail(post, "other.example").send(LETTER)
    assert post.letters == []


async def test_without_a_mail_server_nothing_is_sent() -> None:
    with pytest.raises(NotSent, match="no mail server is set"):
        await NoMail().send(LETTER)
