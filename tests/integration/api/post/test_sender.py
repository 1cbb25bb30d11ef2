"""Letters to a real mail server: with STARTTLS and a login, put off, refused, and lost on the way."""

import datetime as dt
from pathlib import Path

from mail_server import PASSWORD, USER, Letters, mail_server

from api.post.account import MailAccount
from api.post.letters import Attachment, Letter
from api.post.sender import SmtpPost, Tried
from infra.certificate import kept_certificate

DOMAINS = frozenset({"example.com"})


def to(*names: str) -> Letter:
    """A letter with a file to people of example.com."""
    people = tuple(f"{name}@example.com" for name in names)
    file = Attachment("q.csv", "text/csv", b"a,1\r\n.\r\n..b,2\r\n")
    return Letter("-".join(names), "Queues", people, ("Of yesterday.",), (("Offered", "12"),), attachments=(file,))


async def tried(server: Letters, letter: Letter) -> Tried:
    """Send it without TLS."""
    account = MailAccount("127.0.0.1", server.port, "reports@example.com", DOMAINS, tls="none")
    return await SmtpPost(account).send(letter)


async def test_what_becomes_of_each_recipient_is_told() -> None:
    with mail_server() as server:
        all_taken = await tried(server, to("ann", "bob"))
        mixed = await tried(server, to("ann", "later-bob", "never-carl"))
        nobody = await tried(server, to("later-bob", "never-carl"))
        lost = await tried(server, to("lost-dora"))
    assert all_taken == Tried(("ann@example.com", "bob@example.com"))
    assert mixed.taken == ("ann@example.com",) and not mixed.is_unknown
    assert mixed.later == nobody.later == {"later-bob@example.com": "451 4.7.1 greylisted"}
    assert mixed.refused == nobody.refused == {"never-carl@example.com": "550 5.1.1 nobody of that name"}
    assert nobody.taken == () and not nobody.is_unknown
    # The server has it, and nobody could know: hence it must not be sent again.
    assert lost.is_unknown and (lost.taken, lost.later, lost.refused) == ((), {}, {})
    people = [recipients for recipients, _ in server.came]
    assert people == [("ann@example.com", "bob@example.com"), ("ann@example.com",), ("lost-dora@example.com",)]
    _, message = server.came[0]
    (file,) = message.iter_attachments()
    assert file.get_payload(decode=True) == b"a,1\r\n.\r\n..b,2\r\n"


async def test_the_certificate_is_checked_before_the_password_is_sent(tmp_path: Path) -> None:
    made = kept_certificate(tmp_path, ("127.0.0.1",), dt.datetime.now(dt.UTC))
    other = kept_certificate(tmp_path / "other", ("127.0.0.1",), dt.datetime.now(dt.UTC))

    def account(ca: Path, password: str, tls: str = "starttls") -> MailAccount:
        return MailAccount("127.0.0.1", server.port, "reports@example.com", DOMAINS, "R", tls, str(ca), USER, password)

    with mail_server((made.certificate, made.key)) as server:
        good = await SmtpPost(account(made.certificate, PASSWORD)).send(to("ann"))
        wrong = await SmtpPost(account(made.certificate, "hunter3")).send(to("bob"))
        stranger = await SmtpPost(account(other.certificate, PASSWORD)).send(to("carl"))
        plain = await SmtpPost(account(made.certificate, PASSWORD, "none")).send(to("dora"))
    assert good.taken == ("ann@example.com",)
    assert wrong.refused == {"bob@example.com": "535 the mail server refused the login"}
    assert "certificate" in stranger.later["carl@example.com"]
    assert plain.taken == () and PASSWORD not in str(plain)
    assert [recipients for recipients, _ in server.came] == [("ann@example.com",)]
    with mail_server() as clear:
        downgraded = MailAccount("127.0.0.1", clear.port, "reports@example.com", DOMAINS, user=USER, password=PASSWORD)
        assert (await SmtpPost(downgraded).send(to("ann"))).taken == () and clear.came == []
