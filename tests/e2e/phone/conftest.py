"""One installation with a real Asterisk for all tests of the agent's desk."""

from collections.abc import Iterator

import pytest
from installation import Installation
from made_certificate import make_certificate
from web_pages import PBX, with_asterisk

from infra.asterisk import RealAsterisk

Place = tuple[Installation, RealAsterisk]
RESULTS = {"RESOLVED": "Resolved", "CALL_BACK": "Call back"}
# Of Sales, a little longer than the PBX's own; and of Support, where Walter is a member who may be taken out again.
WRAP_UP_S, LONG_WRAP_UP_S = 6, 30


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Everything, with people whose phones are pages; queues have wrap-ups, and there are results to choose.

    By `https` and `wss`, as agents have it: the certificate is one that nobody knows.
    """
    certificate, key, _ = make_certificate(tmp_path_factory.mktemp("certificate"))
    secure = {"TRUNKLINE_TLS_CERT": str(certificate), "TRUNKLINE_TLS_KEY": str(key)}
    with with_asterisk(**secure) as (whole, asterisk):
        for queue, name, seconds in (("2002", "Sales", WRAP_UP_S), ("2001", "Support", LONG_WRAP_UP_S)):
            said = {"name": name, "wrapUpSeconds": seconds}
            status, body = whole.ask("PUT", f"/api/admin/queues/{PBX}:{queue}", said)
            assert status == 200, body
        let_walter_in(asterisk)
        for code, title in RESULTS.items():
            status, body = whole.ask("POST", "/api/admin/dispositions", {"code": code, "title": title})
            assert status == 201, body
        yield whole, asterisk


def let_walter_in(asterisk: RealAsterisk) -> None:
    """Into Support, which then leaves its agents alone for longer after a call."""
    file = asterisk.installation.configuration.with_name("queues.conf")
    before = file.read_text()
    file.write_text(before.replace("wrapuptime = 5", f"wrapuptime = {LONG_WRAP_UP_S}", 1))
    asterisk.cli("queue reload parameters 2001")
    asterisk.cli("queue add member PJSIP/1102 to 2001 penalty 0 as Walter")
