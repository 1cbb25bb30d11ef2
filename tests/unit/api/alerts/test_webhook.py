"""api/alerts/webhook.py: the signature, and what is not sent at all."""

import pytest

from api.alerts.outbound import read_outbound
from api.alerts.webhook import NotSent, Webhooks, signature


def test_the_signature_is_of_time_and_body() -> None:
    # printf '1795348800.{}' | openssl dgst -sha256 -hmac secret
    expected = "a2bb56e28c051bf8ec34a6b17227a73c171ec872e2d3f7a2bdd11b571f529cff"
    assert signature("secret", 1_795_348_800, b"{}") == f"t=1795348800,v1={expected}"


@pytest.mark.parametrize(
    ("address", "is_final"),
    [
        ("https://elsewhere.example/", True), ("https://localhost/", True), ("https://10.0.0.1/", True),
        ("https://x.nowhere.invalid/", False),
    ],
)  # fmt: skip
async def test_what_may_not_be_sent_to_is_given_up_and_the_rest_tried_again(address: str, is_final: bool) -> None:
    with pytest.raises(NotSent) as refused:
        await Webhooks(read_outbound("localhost, *.nowhere.invalid")).send(address, "s", "1", b"{}")
    assert refused.value.is_final is is_final
