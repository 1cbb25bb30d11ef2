"""api/post/addresses.py: an address holds nothing but one recipient."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.post.addresses import domain_of, read_address, read_domains, strangers


def test_an_address_is_kept_with_its_domain_in_small_letters() -> None:
    assert read_address("Ann.O'Neil+report@Example.COM") == "Ann.O'Neil+report@example.com"
    assert domain_of("a@b@c.de") == "c.de"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "ann",
            "@example.com",
            "ann@",
            "a b@example.com",
            "ann@exa mple.com",
            "ann@-example.com",
            "ann@example-.com",
        ),
        *(
            "ann@example.com\r\nBcc: eve@evil.example",
            "ann@example.com, eve@evil.example",
            "ann@example.com\n",
            "\nann@a.b",
        ),
        *(
            "<ann@example.com>",
            '"ann"@example.com',
            "ann..o@example.com",
            ".ann@example.com",
            "ann@example..com",
            "ann@[::1]",
        ),
        *(
            "änn@example.com",
            "ann@exämple.com",
            "ann@example.com\0",
            "a" * 65 + "@example.com",
            "ann@" + "a." * 130 + "de",
        ),
    ],
)
def test_what_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        read_address(text)


@given(st.text(max_size=40), st.text(max_size=20))
def test_nothing_that_is_taken_can_end_a_line_or_begin_another_address(name: str, domain: str) -> None:
    try:
        kept = read_address(f"{name}@{domain}")
    except ValueError:
        return
    assert kept.isascii() and kept.isprintable() and not set(kept) & set(' ,;:<>()[]"\\') and kept.count("@") == 1


def test_domains() -> None:
    assert read_domains(" Example.com , example.org,") == {"example.com", "example.org"}
    assert read_domains("") == frozenset()
    for wrong in ("*", "exam ple", "example.com;evil.example", ".com", "@example.com"):
        with pytest.raises(ValueError, match="is no domain"):
            read_domains(wrong)


def test_who_is_of_another_domain_is_a_stranger() -> None:
    asked = ["a@example.com", "b@evil.example", "c@sub.example.com", "d@notexample.com"]
    assert strangers(asked, frozenset({"example.com"})) == asked[1:]
