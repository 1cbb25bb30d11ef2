"""Nothing that a value holds can become a header, an action or another variable; Asterisk's limits are kept."""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.ami import PACKET_END, PacketBuffer, parse_packet
from asterisk.encoding import MAX_HEADERS, MAX_LINE_BYTES, Action, Variables, encode_action
from asterisk.errors import InvalidAction


@dataclass(frozen=True)
class Sample(Action):
    name: ClassVar[str] = "Sample"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("Always", "here"),)
    some_text: str | None = None
    some_number: int | None = None
    some_flag: bool | None = None
    other_name: str | None = field(default=None, metadata={"header": "OtherID"})
    variables: Variables = field(default=(), metadata={"header": "Variable"})


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        (Sample(), b""),
        (Sample(some_text=""), b"SomeText: \r\n"),
        (Sample(some_text="Žofie", some_number=0), "SomeText: Žofie\r\nSomeNumber: 0\r\n".encode()),
        (Sample(some_flag=True), b"SomeFlag: true\r\n"),
        (Sample(some_flag=False, other_name="x: y"), b"SomeFlag: false\r\nOtherID: x: y\r\n"),
        (Sample(variables=(("A", "1"), ("__B", ""))), b"Variable: A=1\r\nVariable: __B=\r\n"),
        (Sample(some_text="Zo\udcc5"), b"SomeText: Zo\xc5\r\n"),
    ],
)
def test_an_action_as_it_is_written(action: Action, headers: bytes) -> None:
    written = encode_action(action, "t/1")
    assert written == b"Action: Sample\r\nActionID: t/1\r\nAlways: here\r\n" + headers + b"\r\n"


HOSTILE = [
    pytest.param("1\r\nAction: Command", id="CRLF"),
    pytest.param("1\n", id="LF"),
    pytest.param("1\r", id="CR"),
    pytest.param("1\x00", id="NUL"),
    pytest.param("1\t", id="tab"),
    pytest.param("1\x7f", id="DEL"),
    pytest.param("1\x85", id="next line"),
    pytest.param("1\u2028", id="line separator"),
    pytest.param("1\u2029", id="paragraph separator"),
    pytest.param("1\udcc2\udc85", id="next line, in surrogate escapes"),
    pytest.param("1\ud800", id="lone surrogate"),
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_line_end_is_refused_wherever_it_stands(value: str) -> None:
    for action, action_id, header in [
        (Sample(some_text=value), "t/1", "SomeText"),
        (Sample(variables=(("A", value),)), "t/1", "Variable"),
        (Sample(), value, "ActionID"),
    ]:
        with pytest.raises(InvalidAction) as refused:
            encode_action(action, action_id)
        assert refused.value.field == header
        assert value not in str(refused.value)


@pytest.mark.parametrize("name", ["", "A B", "A=B", "A,B", "1A", "___A", "SHELL(rm)", "A\r\nB", "Ä", "A\n"])
def test_a_variable_has_a_plain_name(name: str) -> None:
    with pytest.raises(InvalidAction, match="Variable"):
        encode_action(Sample(variables=((name, "1"),)), "t/1")


def test_the_longest_line_and_the_most_headers() -> None:
    room = MAX_LINE_BYTES - len("SomeText: \r\n")
    assert len(encode_action(Sample(some_text="x" * room), "t/1").split(b"\r\n")[3]) + 2 == MAX_LINE_BYTES
    with pytest.raises(InvalidAction, match=r"SomeText: .*1024 bytes, this has 1025"):
        encode_action(Sample(some_text="x" * (room + 1)), "t/1")
    with pytest.raises(InvalidAction, match="SomeText"):
        encode_action(Sample(some_text="é" * (room // 2 + 1)), "t/1")
    most = (("A", "1"),) * (MAX_HEADERS - 3)
    assert encode_action(Sample(variables=most), "t/1").count(b": ") == MAX_HEADERS
    with pytest.raises(InvalidAction, match=r"Variable: .*128 headers, this has 129"):
        encode_action(Sample(variables=(*most, ("A", "1"))), "t/1")


@given(text=st.text(), other=st.text(st.characters(codec="utf-8")), value=st.text(max_size=100), number=st.integers())
def test_what_is_written_reads_back_as_the_same_headers(text: str, other: str, value: str, number: int) -> None:
    action = Sample(some_text=text, other_name=other, some_number=number, variables=(("V", value),))
    try:
        written = encode_action(action, "t/1")
    except InvalidAction:
        return
    packets = PacketBuffer().feed(written)
    assert len(packets) == 1
    packet = parse_packet(packets[0])
    assert [name for name, _ in packet.fields] == [
        "Action", "ActionID", "Always", "SomeText", "SomeNumber", "OtherID", "Variable",
    ]  # fmt: skip
    assert (packet.get("SomeText"), packet.get("OtherID"), packet.get("SomeNumber")) == (text, other, str(number))
    assert asterisk_variables(packet.get("Variable")) == [f"V={value}"]
    assert written.endswith(PACKET_END)


def asterisk_variables(header: str) -> list[str]:
    """How Asterisk splits a Variable header: at commas outside of quotes and brackets, a backslash taking the next."""
    variables, depth, quoted = [""], 0, False
    characters = iter(header)
    for character in characters:
        if character == "\\":
            variables[-1] += next(characters)
        elif character == '"':
            quoted = not quoted
        elif character == "," and not depth and not quoted:
            variables.append("")
        else:
            depth += (character in "([") - (character in ")]")
            variables[-1] += character
    return variables
