"""The softphone that is committed is what its source comes to: checked, tested and built again from nothing."""

import gzip

from softphone_source import SOFTPHONE, run, unpacked

from dashboard.tokens import TOKENS_FILE, Theme, read_tokens

MOST_GZIPPED = 120_000


def test_types_and_tests_of_the_source_are_right() -> None:
    copy = unpacked()
    run(copy, "npm", "run", "--silent", "check")
    run(copy, "npm", "test", "--silent")


def test_the_committed_bundle_is_what_the_source_comes_to() -> None:
    copy = unpacked()
    run(copy, "npm", "run", "--silent", "build")
    made = {path.name: path.read_bytes() for path in (copy / "built").iterdir()}
    there = {path.name: path.read_bytes() for path in (SOFTPHONE / "built").iterdir()}
    differing = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
    assert not differing, f"Build it anew (npm run build in api/softphone) and commit: {differing}"


def test_the_bundle_is_small() -> None:
    whole = b"".join(path.read_bytes() for path in (SOFTPHONE / "built").iterdir() if path.suffix in (".js", ".css"))
    assert len(gzip.compress(whole)) < MOST_GZIPPED


def test_the_page_takes_its_values_from_the_one_file_of_tokens() -> None:
    assert '<link rel="stylesheet" href="/static/tokens.css">' in (SOFTPHONE / "built" / "index.html").read_text()
    style = (SOFTPHONE / "built" / "phone.css").read_text()
    tokens = read_tokens(TOKENS_FILE.read_text())[Theme.LIGHT].values
    used = {part.partition(")")[0] for part in style.split("var(--")[1:]}
    assert used <= tokens.keys(), "the stylesheet names values that tokens.css has not"
