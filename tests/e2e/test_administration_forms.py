"""What an administrator changes, in a real browser over an API on paper: what is asked, sent, said, and refused."""

import threading
from collections.abc import Iterator

import pytest
from e2e.administration_page import administration, busy, fill, press, saved, texts
from e2e.browser import chromium
from e2e.paper_administration import RULES
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def test_a_user_is_made(browser: Browser) -> None:
    api = busy()
    with administration(browser, api) as opened:
        press(opened, "New user")
        fill(opened, "User name", "mei.lin")
        fill(opened, "Name", " Mei Lin ")
        opened.page.get_by_label("Role").select_option("Supervisor")
        fill(opened, "Password", "a long enough one")
        opened.keep("administration-new-user")
        press(opened, "Make the user")
        saved(opened)
        opened.until("document.querySelectorAll('#users-rows tr').length === 7")
        made = next(body for method, _, body in api.asked if method == "POST")
        assert made | {"isOperator": None} == {
            "username": "mei.lin", "name": "Mei Lin", "role": "supervisor", "password": "a long enough one",
            "isOperator": None,
        }  # fmt: skip
        assert opened.text("#administration-said") == "Mei Lin may sign in now."
        assert "a long enough one" not in opened.page.content() + opened.page.url


def test_what_is_missing_is_said_at_the_field_before_anything_is_sent(browser: Browser) -> None:
    api = busy()
    with administration(browser, api) as opened:
        press(opened, "New user")
        fill(opened, "Name", "Mei Lin")
        press(opened, "Make the user")
        assert opened.page.get_by_label("User name").get_attribute("aria-invalid") == "true"
        assert opened.page.evaluate("document.activeElement.name") == "username"
        assert opened.page.get_by_label("Name", exact=True).get_attribute("aria-invalid") == "false"
        assert [method for method, *_ in api.asked if method != "GET"] == []
        opened.keep("administration-missing")


def test_what_the_server_refuses_is_said_at_the_field_that_is_meant(browser: Browser) -> None:
    api = busy()
    api.refuse["POST", "users"] = (409, "username: ines is taken; choose another.; password: too well known")
    with administration(browser, api) as opened:
        press(opened, "New user")
        for label, value in (("User name", "ines"), ("Name", "Ines"), ("Password", "correct horse battery")):
            fill(opened, label, value)
        press(opened, "Make the user")
        opened.until("document.querySelector('dialog .wrong').textContent")
        assert texts(opened, "dialog .wrong") == ["ines is taken; choose another.", "", "", "", "too well known"]
        assert opened.page.evaluate("document.activeElement.name") == "username"
        opened.keep("administration-refused")
        opened.page.keyboard.press("Escape")
        saved(opened)
        assert opened.page.evaluate("document.activeElement.textContent") == "New user"


def test_what_is_meant_for_no_field_is_said_above_them(browser: Browser) -> None:
    api = busy()
    api.refuse["PUT", "users"] = (503, "The database does not answer. Try again in a moment.")
    with administration(browser, api) as opened:
        press(opened, "Edit: Ines Moreau")
        press(opened, "Save")
        opened.until("document.querySelector('dialog .notice:not([hidden])')")
        assert opened.text("dialog.form .notice") == "The database does not answer. Try again in a moment."
        del api.refuse["PUT", "users"]
        press(opened, "Save")
        saved(opened)


def test_while_it_saves_nothing_is_sent_twice(browser: Browser) -> None:
    api = busy()
    with administration(browser, api) as opened:
        press(opened, "Edit: Ines Moreau")
        fill(opened, "Name", "Ines Moreau-Roy")
        api.held = threading.Event()
        press(opened, "Save")
        opened.until("document.querySelector('dialog form[aria-busy=true]')")
        assert opened.page.get_by_role("button", name="Saving…").is_disabled()
        assert opened.page.get_by_label("Name", exact=True).is_disabled()
        assert opened.page.get_by_role("button", name="Deactivate…").is_disabled()
        opened.page.keyboard.press("Enter")
        opened.keep("administration-saving")
        api.held.set()
        saved(opened)
        opened.until("document.querySelector('#users-rows').textContent.includes('Moreau-Roy')")
        assert [method for method, *_ in api.asked if method == "PUT"] == ["PUT"]


def test_a_user_is_deactivated_only_after_a_question(browser: Browser) -> None:
    api = busy()
    with administration(browser, api) as opened:
        press(opened, "Edit: Tomas Berg")
        opened.keep("administration-edit-user")
        press(opened, "Deactivate…")
        opened.until("document.querySelector('dialog.form').textContent.includes('signed out within five seconds')")
        opened.keep("administration-deactivate")
        press(opened, "Cancel")
        saved(opened)
        assert [method for method, *_ in api.asked if method == "DELETE"] == []
        press(opened, "Edit: Tomas Berg")
        press(opened, "Deactivate…")
        press(opened, "Deactivate")
        saved(opened)
        opened.until("document.querySelector('#users-rows tr:last-child').textContent.includes('Tomas')")
        assert ("DELETE", "/api/admin/users/id-tomas.berg", None) in api.asked
        assert opened.complaints == []


def test_nobody_deactivates_or_demotes_themselves(browser: Browser) -> None:
    with administration(browser, busy()) as opened:
        press(opened, "Edit: Petra Lang")
        assert opened.page.locator("dialog select").is_disabled()
        assert "Deactivate…" not in texts(opened, "dialog.form button")


@pytest.mark.parametrize(
    ("act", "save", "path"),
    [("Sign out everywhere…", "Sign out", "sign-out"), ("Set password…", "Set the password", "password")],
)
def test_passwords_and_sign_ins_of_a_user(browser: Browser, act: str, save: str, path: str) -> None:
    api = busy()
    with administration(browser, api) as opened:
        press(opened, "Edit: Ines Moreau")
        press(opened, act)
        if path == "password":
            fill(opened, "New password", "a quite new password")
        press(opened, save)
        saved(opened)
        sent = {"password": "a quite new password"} if path == "password" else None
        assert ("POST", f"/api/admin/users/id-ines.moreau/{path}", sent) in api.asked


def test_what_only_the_pbx_knows_stands_first_and_is_mapped(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "extensions") as opened:
        assert texts(opened, "#extensions-rows td:nth-child(2)") == ["1003", "1010", "1001", "1002"]
        assert texts(opened, "#extensions-rows td:first-child")[:3] == ["Nobody yet", "Nobody yet", "Ines Moreau"]
        press(opened, "Map to a user: 1003")
        press(opened, "Map")
        who = opened.page.locator("dialog.form").get_by_label("User", exact=True)
        assert who.get_attribute("aria-invalid") == "true"
        assert "Omar Said (omar.said)" not in texts(opened, "dialog option")
        who.select_option("Aiko Tanaka (aiko.tanaka)")
        opened.keep("administration-map")
        press(opened, "Map")
        saved(opened)
        told = {"pbx": "lab1", "interface": "PJSIP/1003", "extension": "1003", "userId": "id-aiko.tanaka"}
        assert ("POST", "/api/admin/extensions", told) in api.asked


def test_an_extension_is_taken_away_after_a_question(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "extensions") as opened:
        press(opened, "Edit: 1001")
        press(opened, "Remove…")
        press(opened, "Remove")
        saved(opened)
        opened.until("document.querySelectorAll('#extensions-rows tr').length === 3")
    assert [path.rpartition("/")[0] for method, path, _ in api.asked if method == "DELETE"] == ["/api/admin/extensions"]


def test_a_queue_promises_something_else(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "queues") as opened:
        assert texts(opened, "#queues-rows td:nth-child(3)") == ["80 % in 20 s", "90 % in 20 s", "80 % in 20 s"]
        press(opened, "Edit: Billing")
        opened.keep("administration-edit-queue")
        fill(opened, "Target: that share of callers", "83")
        fill(opened, "Service level: answered within", "30")
        press(opened, "Save")
        saved(opened)
        opened.until("document.querySelector('#queues-rows td:nth-child(3)').textContent.includes('in 30 s')")
        sent = next(body for method, _, body in api.asked if method == "PUT")
        assert sent == {"target": 0.83, "serviceLevelSeconds": 30}


def test_an_emptied_threshold_is_the_default_again(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "queues") as opened:
        press(opened, "Edit: Billing")
        fill(opened, "Wrap-up after a call", "")
        press(opened, "Save")
        saved(opened)
        assert ("PUT", "/api/admin/queues/lab1:billing", {"wrapUpSeconds": None}) in api.asked


def test_a_number_out_of_range_is_not_sent(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "queues") as opened:
        press(opened, "Edit: Billing")
        fill(opened, "Target: that share of callers", "130")
        press(opened, "Save")
        assert "100" in opened.text("dialog .row:has([aria-invalid=true]) .wrong")
        assert [method for method, *_ in api.asked if method == "PUT"] == []


def test_dispositions_are_made_renamed_and_removed(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "dispositions") as opened:
        press(opened, "New disposition")
        fill(opened, "Title", "Wrong number")
        fill(opened, "Code", "wrong number")
        press(opened, "Save")
        assert "A-Z, 0-9 and _" in opened.text("dialog .row:has([aria-invalid=true]) .wrong")
        fill(opened, "Code", "WRONG_NUMBER")
        press(opened, "Save")
        saved(opened)
        press(opened, "Edit: Wrong number")
        fill(opened, "Title", "Misdialled")
        press(opened, "Save")
        saved(opened)
        press(opened, "Edit: Misdialled")
        press(opened, "Remove…")
        press(opened, "Remove")
        saved(opened)
        opened.until("document.querySelectorAll('#dispositions-rows tr').length === 2")
        changes = [(method, path) for method, path, _ in api.asked if method != "GET"]
        path = "/api/admin/dispositions/WRONG_NUMBER"
        assert changes == [("POST", "/api/admin/dispositions"), ("PUT", path), ("DELETE", path)]


def test_an_operator_looks_at_another_tenant(browser: Browser) -> None:
    api = busy()
    with administration(browser, api) as opened:
        opened.until("document.querySelector('#tenant-choice select')")
        opened.page.locator("#tenant-choice select").select_option("Contoso Care")
        opened.until("!document.querySelector('#panel-users[aria-busy=true]')")
        assert api.asked[-1][1] == "/api/admin/users?tenant=contoso&limit=1000&offset=0"
        press(opened, "New user")
        for label, value in (("User name", "kim"), ("Name", "Kim"), ("Password", "a long enough one")):
            fill(opened, label, value)
        press(opened, "Make the user")
        saved(opened)
        assert [path for method, path, _ in api.asked if method == "POST"] == ["/api/admin/users?tenant=contoso"]


def test_a_tenant_is_made_and_closed_after_a_question(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "tenants") as opened:
        press(opened, "New tenant")
        fill(opened, "Name", "Fabrikam")
        fill(opened, "Id", "fabrikam")
        press(opened, "Save")
        saved(opened)
        opened.until("document.querySelectorAll('#tenant-choice option').length === 3")
        press(opened, "Edit: Fabrikam")
        press(opened, "Close…")
        press(opened, "Close the tenant")
        saved(opened)
        assert ("PUT", "/api/admin/tenants/fabrikam", {"isActive": False}) in api.asked


def test_the_rules_of_dialling_are_read_as_people_write_them(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "dialling") as opened:
        press(opened, "Change the rules")
        opened.until("document.querySelector('dialog.form')")
        opened.keep("administration-dialling-rules")
        press(opened, "Save")
        saved(opened)
        # What nobody touched is sent as it was.
        assert next(body for method, _, body in api.asked if method == "PUT") == RULES
        press(opened, "Change the rules")
        opened.until("document.querySelector('dialog.form')")
        for label, value in (("Also to", "AT, CH FR"), ("Hours", ""), ("Calls for help", "110 112"), ("Country", "de")):
            fill(opened, label, value)
        fill(opened, "A minute to these costs", "+43 0.25, +4179 1")
        opened.page.locator("dialog").get_by_label("Premium-rate numbers").check()
        press(opened, "Save")
        assert texts(opened, "dialog .wrong")[0].startswith("Two letters")
        fill(opened, "Country", "")
        press(opened, "Save")
        saved(opened)
        *_, sent = [body for method, _, body in api.asked if method == "PUT"]
        assert sent == RULES | {
            "country": None, "countries": ["AT", "CH", "FR"], "hours": None, "emergencyNumbers": ["110", "112"],
            "kinds": ["fixed_line", "mobile", "pager", "premium_rate"],
            "prices": [{"prefix": "+43", "perMinute": 0.25}, {"prefix": "+4179", "perMinute": 1}],
        }  # fmt: skip
        assert opened.text("#administration-said") == "The rules hold from the next call on."
        assert opened.complaints == []
