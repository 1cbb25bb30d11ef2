"""Tables as PDF: what is printed can be read back, a text is never markup, nothing of the machine gets in."""

import pypdfium2
import pytest

from dashboard.definitions import Definition, Explanation
from dashboard.export_pdf import clean, pdf_file, printed
from dashboard.export_tables import Duration, Export, Figure, Number, Ratio, Table, Value

HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "+4930123456",
    '#read("/etc/passwd") $x$ *b* <a> \\',
    "Łódź Ωμέγα Жук",
)
ABOUT = (("Centre", "Łódź & Söhne"), ("Range", "22 Nov 2026"), ("Made", "22 Nov 2026 14:03:22 Europe/Berlin"))


def export(*rows: tuple[Value, ...], headings: tuple[str, ...] = ("Queue", "Offered", "Level")) -> Export:
    told = Explanation(Definition("offered", "Offered", "Callers", "count", "Trunkline"), ("By arrival",))
    return Export("Queues", ABOUT, (Table("By queue", headings, rows),), (told,), (Figure("Offered", "1,234", "all"),))


def pages(made: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(made)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def test_a_report_says_whose_it_is_what_of_and_what_it_means() -> None:
    (text,) = pages(pdf_file(export(("Billing", Number(1_234), Ratio(0.816, 1)))))
    for words in (
        "Łódź & Söhne", "Queues", "22 Nov 2026", "1,234", "Billing", "81.6\u2009%", "What the numbers mean", "Callers",
        "By arrival", "page 1 of 1",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_printed_as_it_is(name: str) -> None:
    (text,) = pages(pdf_file(export((name, Number(1), None))))
    assert name in text.replace("\n", "")


def test_a_long_table_has_its_headings_on_each_page() -> None:
    found = pages(pdf_file(export(*((f"queue {n}", Number(n), None) for n in range(150)))))
    assert len(found) > 2 and all("Offered" in text for text in found[:-1])
    assert f"page 2 of {len(found)}" in found[1]


def test_a_report_is_tagged_and_the_same_each_time() -> None:
    made = pdf_file(export(("Billing", Number(1), None)))
    assert b"/StructTreeRoot" in made or b"/MarkInfo" in made
    assert b"Inter" in made and made == pdf_file(export(("Billing", Number(1), None)))


def test_notes_and_what_was_before_stand_below_their_number() -> None:
    headings = ("Queue", "Queue: note", "Offered", "Offered: before")
    (text,) = pages(pdf_file(export(("Billing", "80 % in 20 s", Number(5), Number(4)), headings=headings)))
    assert "before 4" in text and "80 % in 20 s" in text and "Offered: before" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (Number(1_234), "1,234"),
        (Number(1.5, 1), "1.5"),
        (Ratio(0.816, 1), "81.6\u2009%"),
        (Duration(252), "4:12"),
        (Duration(6_714_000, by_hour=True), "1,865 h"),
        (Duration(363_600), "101:00:00"),
        ("a\tb\u202ec", "a b c"),
    ],
)
def test_a_value_is_printed_as_on_the_page(value: Value, text: str) -> None:
    assert printed(value) == text


def test_what_steers_is_taken_out() -> None:
    assert clean("\r=1\0") == "=1"
