"""One installation with a real Asterisk for all tests of the agent's desk."""

from collections.abc import Iterator

import pytest
from installation import Installation
from made_certificate import make_certificate
from web_pages import PBX, with_asterisk

from infra.asterisk import RealAsterisk

Place = tuple[Installation, RealAsterisk]
RESULTS = {"RESOLVED": "Resolved", "CALL_BACK": "Call back"}
WRAP_UP_S = 4


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Everything, with people whose phones are pages; Sales (2002) has a wrap-up, and there are results to choose.

    By `https` and `wss`, as agents have it: the certificate is one that nobody knows.
    """
    certificate, key, _ = make_certificate(tmp_path_factory.mktemp("certificate"))
    secure = {"TRUNKLINE_TLS_CERT": str(certificate), "TRUNKLINE_TLS_KEY": str(key)}
    with with_asterisk(**secure) as (whole, asterisk):
        status, body = whole.ask("PUT", f"/api/admin/queues/{PBX}:2002", {"name": "Sales", "wrapUpSeconds": WRAP_UP_S})
        assert status == 200, body
        for code, title in RESULTS.items():
            status, body = whole.ask("POST", "/api/admin/dispositions", {"code": code, "title": title})
            assert status == 201, body
        yield whole, asterisk
