"""A report on paper: what is printed can be read back, a text is never markup, and its headings are on each page."""

import pypdfium2

from dashboard.definitions import Definition, Explanation
from dashboard.export_pdf import report_of
from dashboard.export_tables import Export, Figure, Number, Ratio, Table, Value
from dashboard.paper.__main__ import laid_out

HOSTILE = (
    *('=HYPERLINK("http://x","y")', "@SUM(A1)", "+4930123456", '#read("/etc/passwd") $x$ *b* <a> \\', "Łódź Ωμέγα Жук"),
    "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrente",
)
ABOUT = (("Centre", "Łódź & Söhne"), ("Range", "22 Nov 2026"), ("Made", "22 Nov 2026 14:03:22 Europe/Berlin"))


def made(*rows: tuple[Value, ...]) -> bytes:
    told = Explanation(Definition("offered", "Offered", "Callers", "count", "Trunkline"), ("By arrival",))
    table = Table("By queue", ("Queue", "Offered", "Level"), rows)
    return laid_out(report_of(Export("Queues", ABOUT, (table,), (told,), (Figure("Offered", "1,234", "all"),))))


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def test_a_report_says_whose_it_is_what_of_and_what_it_means() -> None:
    pdf = made(("Billing", Number(1_234), Ratio(0.816, 1)), *((name, Number(1), None) for name in HOSTILE))
    (text,) = pages(pdf)
    words = ("Łódź & Söhne", "Queues", "22 Nov 2026", "1,234", "Billing", "81.6\u2009%", "Callers", "page 1 of 1")
    joined = text.replace("\n", "")
    assert [each for each in (*words, *HOSTILE) if each not in joined] == []
    assert b"/StructTreeRoot" in pdf


def test_a_long_table_has_its_headings_on_each_page() -> None:
    found = pages(made(*((f"queue {n}", Number(n), None) for n in range(90))))
    assert len(found) > 1 and all("Offered" in text for text in found)
    assert f"page 2 of {len(found)}" in found[1]


def test_a_report_of_nothing_is_one_too() -> None:
    assert "Nothing in this range" in pages(made())[0]
