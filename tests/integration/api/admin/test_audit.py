"""api/admin/audit.py: a tenant's part of the log, and whether it holds."""

from integration.api.admin.conftest import Office

PATH = "/api/admin/audit"


async def test_who_did_what_newest_first(office: Office) -> None:
    await office.north.post("/api/admin/dispositions", json={"code": "SOLD", "title": "Sold"})
    await office.south.post("/api/admin/dispositions", json={"code": "THEIRS", "title": "Theirs"})
    page = (await office.north.get(PATH)).json()
    assert [(each["action"], each["username"]) for each in page["items"]] == [
        ("disposition.add", "north"), ("sign_in.begin", "north"),
    ]  # fmt: skip
    assert (page["total"], page["intact"], page["items"][0]["detail"]) == (2, True, {"title": "Sold"})
    assert (await office.north.get(f"{PATH}?limit=1&offset=1")).json()["items"] == page["items"][1:]
    assert "THEIRS" not in str(page)


async def test_a_span_is_asked_for(office: Office) -> None:
    assert (await office.north.get(f"{PATH}?from=2020-01-01&to=2020-12-31")).json()["total"] == 0
    assert (await office.north.get(f"{PATH}?from=2020-01-01")).json()["total"] == 1
    for query in ("from=yesterday", "from=2026-02-30", "from=2026-01-02&to=2026-01-01", "to=x"):
        answer = await office.north.get(f"{PATH}?{query}")
        assert (answer.status_code, answer.json()["detail"].split()[0] in ("from", "to")) == (400, True)


async def test_a_row_that_was_tampered_with_shows(office: Office) -> None:
    await office.north.post("/api/admin/dispositions", json={"code": "SOLD", "title": "Sold"})
    office.change("ALTER TABLE audit_log DISABLE TRIGGER append_only")
    office.change("UPDATE audit_log SET detail = '{\"title\": \"Bought\"}' WHERE action = 'disposition.add'")
    page = (await office.north.get(PATH)).json()
    assert (page["intact"], [each["intact"] for each in page["items"]]) == (False, [False, True])
