"""Asterisk's configuration files are read as Asterisk reads them, and what means nothing is told."""

from asterisk.conf import Line, parse

FILE = """\
; a comment
[general]
enabled = yes ; and another
secret = a\\;b
;-- a comment
of = two lines --;
bind => 127.0.0.1

[phone](!)
type = endpoint
allow = ulaw

[1001](phone)
auth = 1001
allow = alaw
[1001]
type = auth
[general](+)
port = 5038
"""


def test_sections_have_their_lines_and_those_of_their_templates() -> None:
    conf = parse("pjsip.conf", FILE)
    phone, auth = conf.named("1001")
    assert [line.value for line in phone.all("allow")] == ["ulaw", "alaw"]
    assert (phone.get("type"), phone.get("allow"), auth.get("type")) == ("endpoint", "alaw", "auth")
    assert conf.named("phone") == []


def test_comments_go_and_an_escaped_semicolon_stays() -> None:
    general = parse("x.conf", FILE).section("general")
    assert general.get("secret") == "a;b"
    assert (general.get("enabled"), general.get("bind"), general.get("of")) == ("yes", "127.0.0.1", "")
    assert parse("x.conf", "[a]\nb = c ; see ;-- there\nd = e\n;---- f\ng = h").section("a").get("d") == "e"


def test_a_section_is_added_to() -> None:
    general = parse("manager.conf", FILE).section("general")
    assert (general.get("port"), general.place("port"), general.place("nothing")) == (
        "5038",
        "manager.conf:19",
        "manager.conf:2",
    )


def test_words_for_yes() -> None:
    section = parse("x.conf", "[a]\nb = TRUE\nc = off\nd = perhaps").section("a")
    assert section.is_on("b") and not section.is_on("c", otherwise=True)
    assert section.is_on("d", otherwise=True) and section.is_on("e", otherwise=True) and not section.is_on("e")


def test_included_files_go_on_where_they_are_included() -> None:
    files = {"members.conf": [("members.conf", "member => PJSIP/1\n")]}
    text = "[q]\n#include members.conf\n#tryinclude none.conf\n#include <gone.conf>"
    conf = parse("queues.conf", text, lambda pattern: files.get(pattern, []))
    assert conf.section("q").line("member") == Line("member", "PJSIP/1", "members.conf:1")
    assert conf.problems == (Line("#include", "gone.conf", "queues.conf:4"),)


def test_a_file_that_includes_itself_ends() -> None:
    text = "[a]\nb = c\n#include x.conf\n"
    assert parse("x.conf", text, lambda pattern: [("x.conf", text)]).problems


def test_what_means_nothing_is_a_problem_and_the_rest_is_read() -> None:
    conf = parse("x.conf", "before = any\n[broken\n[a]\nnothing\n#exec\nb = c")
    assert [problem.where for problem in conf.problems] == ["x.conf:1", "x.conf:2", "x.conf:4", "x.conf:5"]
    assert conf.section("a").get("b") == "c"


def test_a_key_keeps_its_brackets() -> None:
    line = parse("m.conf", "[u]\neventfilter(action(exclude),name(Hangup)) = ").section("u").lines[0]
    assert (line.key, line.value) == ("eventfilter(action(exclude),name(Hangup))", "")
