"""api/alerts/deliveries.py and webhook.py: a real HTTP server is told, signed, and again where it refused."""

import hashlib
import hmac
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from alert_process import Process, add_rule, fired
from api_parts import until
from made_certificate import make_certificate
from mail_server import mail_server

from api.alerts.deliveries import Deliveries
from api.alerts.mail import PostedMail
from api.alerts.outbound import read_outbound
from api.alerts.webhook import NotSent, Webhooks
from api.database import Database
from api.post.account import MailAccount
from api.post.sender import SmtpPost


class Hook:
    """An HTTP server that takes what it is sent, or refuses it."""

    def __init__(self) -> None:
        self.status, self.got = 200, list[tuple[dict[str, str], bytes]]()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(hook.status)
                self.send_header("location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"

    def encrypt(self, certificate: Path, key: Path) -> None:
        """Answer with TLS only, by the name of this machine."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        # What a client does not like about it is the client's to tell.
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.address = f"https://localhost:{self.server.server_port}/hook"


@contextmanager
def hooked(*certificate: Path) -> Iterator[Hook]:
    hook = Hook()
    if certificate:
        hook.encrypt(*certificate)
    Thread(target=hook.server.serve_forever, args=(0.05,), daemon=True).start()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


async def test_a_webhook_is_told_signed_and_again_where_it_refused_and_a_letter_goes_once(
    database: Database, database_as: Callable[..., str]
) -> None:
    with hooked() as hook, mail_server() as post:
        store, secret = await add_rule(database, database_as(), webhook=hook.address, mail=["ana@lind.example"])
        account = MailAccount("127.0.0.1", post.port, "alerts@lind.example", frozenset({"lind.example"}), tls="none")
        mail = PostedMail(SmtpPost(account), account)
        deliveries = Deliveries(database, Webhooks(read_outbound("127.0.0.0/8")), mail)
        process = Process(database_as("trunkline_api"))
        process.wait(4, 1)
        async with process.watching():
            await until(lambda: bool(fired(database_as())))
        # A redirect is no answer: it is not followed.
        for status in (302, 204):
            hook.status = status
            await deliveries.send()
            with psycopg.connect(database_as()) as connection:
                connection.execute("UPDATE alert_deliveries SET due_at = now()")
        await deliveries.send()
        ((item,), _) = await store.fired("default", False, 10, 0)
    assert [(it.kind, it.status, it.tries, it.detail) for it in item.deliveries] == [
        ("mail", "sent", 1, ""), ("webhook", "sent", 2, ""),
    ]  # fmt: skip
    assert [(recipients, letter["Subject"]) for recipients, letter in post.came] == [
        (("ana@lind.example",), "Alert: Many wait")
    ]
    (refused, _), (headers, body) = hook.got
    stamp, _, mac = headers["trunkline-signature"].partition(",v1=")
    at = stamp.removeprefix("t=").encode()
    assert mac == hmac.new(secret.encode(), at + b"." + body, hashlib.sha256).hexdigest()
    assert refused["trunkline-delivery"] == headers["trunkline-delivery"] == json.loads(body)["id"]
    assert json.loads(body)["alert"]["name"] == "Many wait"


async def test_over_tls_the_certificate_is_to_be_a_believed_one_of_the_name_though_an_address_is_connected_to(
    tmp_path: Path,
) -> None:
    outbound = read_outbound("localhost, 127.0.0.0/8, ::1/128")
    for folder, names in (("named", ("localhost",)), ("other", ("elsewhere.example",))):
        (tmp_path / folder).mkdir()
        certificate, key, trusted = make_certificate(tmp_path / folder, *names)
        with hooked(certificate, key) as hook:
            if folder == "named":
                await Webhooks(outbound, trusted=trusted).send(hook.address, "s", "1", b"{}")
                assert [(headers["host"], body) for headers, body in hook.got] == [(hook.address[8:-5], b"{}")]
            # Nobody believes it but who was told to, and nobody one of another name.
            believing = None if folder == "named" else trusted
            with pytest.raises(NotSent, match="did not answer \\(ConnectError\\)") as refused:
                await Webhooks(outbound, trusted=believing).send(hook.address, "s", "2", b"{}")
            assert not refused.value.is_final
            assert len(hook.got) == (folder == "named")
