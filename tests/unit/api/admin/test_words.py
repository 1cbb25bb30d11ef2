"""api/admin/words.py: what may be given, and what may not."""

from typing import Any

import msgspec
import pytest

from api.admin import words

GOOD: list[tuple[Any, str]] = [
    (words.Name, "Müller & Söhne, Köln"),
    (words.Name, "日本語"),
    (words.Username, "mia.meyer+x@example.com"),
    (words.NewPassword, "ten chars!"),
    (words.TenantId, "north-2"),
    (words.Code, "CALL_BACK_2"),
    (words.PbxName, "pbx1.example"),
    (words.Interface, "PJSIP/1001"),
    (words.Interface, "Local/1001@agents/n"),
    (words.Extension, "1001"),
]
BAD: list[tuple[Any, str]] = [
    *((words.Name, text) for text in ("", " a", "a ", "a\nb", "a\0", "a\x85b", "a\u2028b", "\u202ea", "x" * 201)),
    *((words.Username, text) for text in ("a", "a b", "a\n", "<script>", "a;b")),
    *((words.NewPassword, text) for text in ("123456789", "")),
    *((words.TenantId, text) for text in ("North", "-a", "a-", "a/b", "a\n")),
    *((words.Code, text) for text in ("sold", "A-B", "A\n")),
    *((words.PbxName, text) for text in ("a:b", "a/b", "a b")),
    *((words.Interface, text) for text in ("1001", "PJSIP/", "PJSIP/1&PJSIP/2", "PJSIP/1\r\nAction: x", "PJSIP/${X}")),
    *((words.Extension, text) for text in ("", "1 2", "1,2", "1\n")),
]


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_what_may_be_given(kind: Any, text: str) -> None:
    assert msgspec.json.decode(msgspec.json.encode(text), type=kind) == text


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_what_may_not(kind: Any, text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(text), type=kind)
