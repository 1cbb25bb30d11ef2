"""api/post/account.py: what is missing or wrong is named, and the password is not shown."""

from pathlib import Path

import pytest

from api.post.account import read_account

GOOD = {"TRUNKLINE_SMTP_HOST": "smtp.example.com", "TRUNKLINE_SMTP_FROM": "Reports <reports@example.com>"}
LOGIN = {"TRUNKLINE_SMTP_USER": "reports", "TRUNKLINE_SMTP_PASSWORD": "hunter2"}


def test_without_a_host_there_is_none() -> None:
    assert read_account({}) is None
    assert read_account({**GOOD, "TRUNKLINE_SMTP_HOST": " "}) is None


def test_the_least_is_enough() -> None:
    account = read_account(GOOD)
    assert account is not None
    assert (account.host, account.port, account.tls, account.user, account.ca) == (
        "smtp.example.com",
        587,
        "starttls",
        "",
        None,
    )
    assert (account.sender, account.sender_name, account.domains) == ("reports@example.com", "Reports", {"example.com"})
    bare = read_account({**GOOD, "TRUNKLINE_SMTP_FROM": "reports@example.com", "TRUNKLINE_SMTP_TLS": "tls"})
    assert bare is not None and (bare.sender_name, bare.port) == ("Trunkline", 465)


def test_all_of_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    told = {
        "TRUNKLINE_SMTP_PORT": "2525",
        "TRUNKLINE_SMTP_CA": __file__,
        "TRUNKLINE_SMTP_USER": "reports",
        "TRUNKLINE_SMTP_PASSWORD_FILE": str(secret),
        "TRUNKLINE_SMTP_DOMAINS": "example.com, example.org",
    }
    account = read_account({**GOOD, **told})
    assert account is not None
    assert (account.port, account.ca, account.user, account.password) == (2525, __file__, "reports", "hunter2")
    assert account.domains == {"example.com", "example.org"}
    assert "hunter2" not in repr(account)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("TRUNKLINE_SMTP_FROM", value) for value in ("", "reports", "a@b\r\nBcc: c@d", "Ann\n <ann@example.com>")),
        *(("TRUNKLINE_SMTP_PORT", value) for value in ("0", "65536", "smtp", "-1", "٢٥")),
        ("TRUNKLINE_SMTP_TLS", "yes"),
        ("TRUNKLINE_SMTP_TLS", "none"),
        ("TRUNKLINE_SMTP_CA", "/nowhere.pem"),
        ("TRUNKLINE_SMTP_DOMAINS", "*"),
        ("TRUNKLINE_SMTP_PASSWORD", ""),
        ("TRUNKLINE_SMTP_USER", ""),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        read_account({**GOOD, **LOGIN, name: value})


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="TRUNKLINE_SMTP_PASSWORD_FILE"):
        read_account({**GOOD, "TRUNKLINE_SMTP_USER": "a", "TRUNKLINE_SMTP_PASSWORD_FILE": "/nowhere"})


def test_next_door_a_password_may_go_in_clear() -> None:
    account = read_account({**GOOD, **LOGIN, "TRUNKLINE_SMTP_TLS": "none", "TRUNKLINE_SMTP_HOST": "127.0.0.1"})
    assert account is not None and (account.port, account.password) == (25, "hunter2")
