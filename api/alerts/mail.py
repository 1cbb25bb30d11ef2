"""Alerts by e-mail, over the sender that reports go through."""

from api.alerts.webhook import NotSent
from api.post.account import MailAccount
from api.post.addresses import strangers
from api.post.letters import Letter
from api.post.sender import Post


class NoMail:
    """`api.alerts.deliveries.Mail` where no mail server is set."""

    async def send(self, letter: Letter) -> None:
        """Cannot."""
        raise NotSent("no mail server is set", is_final=True)


class PostedMail:
    """`api.alerts.deliveries.Mail` over a mail server."""

    def __init__(self, post: Post, account: MailAccount) -> None:
        self._post, self._account = post, account

    async def send(self, letter: Letter) -> None:
        """One try. Raises NotSent, for good where the server may have the letter: nobody is told twice."""
        if away := strangers(letter.recipients, self._account.domains):
            raise NotSent(f"{away[0]} is of no domain that mail may be sent to", is_final=True)
        try:
            tried = await self._post.send(letter)
        except ValueError as error:
            raise NotSent(str(error), is_final=True) from error
        if tried.is_unknown:
            raise NotSent(f"the server may have it, and is not asked again: {tried.words}", is_final=True)
        for words in tried.refused.values():
            raise NotSent(words, is_final=True)
        for words in tried.later.values():
            raise NotSent(words)
        if not tried.taken:
            raise NotSent(tried.words)
