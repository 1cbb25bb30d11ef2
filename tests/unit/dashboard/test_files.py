"""The pages' files: one address for ever, packed once, and what Dash brings asked for once."""

from pathlib import Path

import httpx
import pytest

from dashboard.files import FOR_EVER, STYLES, Files, FileServer, read_files
from dashboard.guard import Receive, Scope, Send
from dashboard.modules import joined

BROUGHT = "/reports/_dash-component-suites/"
MORE = f"{BROUGHT}dash/~1.js"
ICON = '<svg fill="#000"></svg>'
SCRIPT = 'import { row } from "./live/rows.js";\nimport "./tips.js";\nconst text = `from "./none.js"`;\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "a.css": '.x { mask: url("icons/x.svg"); }',
        "b.css": "@font-face { src: url(fonts/f.woff2) }",
        "icons/x.svg": ICON,
        "page.js": SCRIPT,
        "tips.js": 'import { row } from "./live/rows.js";\n' + "// long\n" * 200,
        "live/rows.js": 'import { a } from "../other.js";\nexport const row = a;\n',
        "other.js": "export const a = 1;\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def files(folder: Path) -> Files:
    return read_files(folder, "/assets/", ("a.css", "b.css"), ())


def test_the_address_is_another_one_when_anything_is(folder: Path, files: Files) -> None:
    assert read_files(folder, "/assets/", ("a.css", "b.css"), ()).base == files.base
    (folder / "other.js").write_text("export const a = 2;\n")
    assert read_files(folder, "/assets/", ("a.css", "b.css"), ()).base != files.base
    assert files.base.startswith("/assets/~")


def test_all_stylesheets_are_one_with_the_icons_in_it(files: Files) -> None:
    assert files.bodies[STYLES].decode() == (
        '.x { mask: url("data:image/svg+xml,%3Csvg%20fill%3D%22%23000%22%3E%3C/svg%3E"); }'
        "\n@font-face { src: url(fonts/f.woff2) }"
    )


def test_a_script_is_one_with_what_it_imports(folder: Path, files: Files) -> None:
    assert b"import" in files.bodies["page.js"]
    together = read_files(folder, "/assets/", ("a.css",), ("page.js",))
    assert together.bodies["page.js"] == joined(files.bodies, "page.js")
    assert together.bodies["tips.js"] == files.bodies["tips.js"]


class Brought:
    """What Dash would answer; counts how often it is asked."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        assert b"if-none-match" not in dict(scope["headers"])
        headers = [(b"content-type", b"text/javascript"), (b"etag", b"1")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"long" * 200, "more_body": True})
        await send({"type": "http.response.body", "body": b"er"})


def client(files: Files, brought: Brought) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(
        FileServer(brought, files, BROUGHT, {f"{BROUGHT}large.js": "tips.js"}, {MORE: b"more"})
    )
    return httpx.AsyncClient(transport=transport, base_url="http://trunkline.test")


async def test_own_files_are_kept_for_ever_and_packed_where_that_is_worth_it(files: Files) -> None:
    async with client(files, Brought()) as browser:
        long, small = await browser.get(files.address("tips.js")), await browser.get(files.address("other.js"))
        plain = await browser.get(files.address("tips.js"), headers={"accept-encoding": "identity"})
        more = await browser.get(MORE)
    assert (more.text, more.headers["cache-control"]) == ("more", FOR_EVER)
    assert (long.headers["content-encoding"], long.headers["cache-control"]) == ("gzip", FOR_EVER)
    assert long.text == plain.text == files.bodies["tips.js"].decode()
    assert "content-encoding" not in (*plain.headers, *small.headers)
    assert long.headers["content-type"].startswith("text/javascript")


async def test_what_dash_brings_is_asked_for_once(files: Files) -> None:
    brought = Brought()
    async with client(files, brought) as browser:
        first, second = [await browser.get(f"{BROUGHT}a.js", headers={"if-none-match": "0"}) for _ in range(2)]
        third = await browser.get(f"{BROUGHT}a.js", headers={"if-none-match": "1"})
        other = await browser.post(f"{BROUGHT}a.js")
    assert (first.text, first.status_code) == (second.text, second.status_code) == ("long" * 200 + "er", 200)
    assert (first.headers["cache-control"], first.headers["content-encoding"]) == ("no-cache", "gzip")
    assert (third.status_code, third.content, other.status_code) == (304, b"", 200)
    assert len(brought.asked) == 2


async def test_what_is_not_there_is_not_kept_and_there_is_an_end_to_keeping(files: Files) -> None:
    missing, brought = Brought(404), Brought()
    async with client(files, missing) as browser:
        assert [(await browser.get(f"{BROUGHT}a.js")).status_code for _ in range(2)] == [404, 404]
    async with client(files, brought) as browser:
        for n in (*range(220), 219):
            assert (await browser.get(f"{BROUGHT}{n}.js")).status_code == 200
    assert (len(missing.asked), len(brought.asked)) == (2, 221)


async def test_a_file_of_ours_stands_in_the_place_of_one_that_dash_brings(files: Files) -> None:
    brought = Brought()
    async with client(files, brought) as browser:
        first = await browser.get(f"{BROUGHT}large.js")
        again = await browser.get(f"{BROUGHT}large.js", headers={"if-none-match": first.headers["etag"]})
    assert first.text == files.bodies["tips.js"].decode()
    assert (first.headers["cache-control"], again.status_code, brought.asked) == ("no-cache", 304, [])
