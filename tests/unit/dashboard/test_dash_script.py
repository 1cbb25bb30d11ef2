"""Dash's scripts as one: those that its own document would name, in that order, at an address of its own."""

from typing import Any

from dash.fingerprint import build_fingerprint

from dashboard.dash_script import dash_script

BROUGHT = "/reports/_dash-component-suites/"


class Paper:
    """What Dash would write into a document."""

    def _generate_scripts_html(self) -> str:
        paths = (
            "deps/polyfill@7.12.1.min.js",
            "deps/prop-types@15.8.1.min.js",
            "dash_table/bundle.js",
            "dcc/async-graph.js",
        )
        return "\n".join(f'<script src="{BROUGHT}dash/{build_fingerprint(each, 1, 2)}"></script>' for each in paths)


def read() -> tuple[str, str]:
    app: Any = Paper()
    script = dash_script(app, BROUGHT, [b"first();", b"second();"])
    return script.address, script.body.decode()


def test_they_are_there_in_their_order_without_what_nobody_uses() -> None:
    _, body = read()
    assert body.startswith("first();\n;\nsecond();\n;\n")
    assert 0 < body.index("PropTypes") < body.index("webpackChunkdash_core_components")
    assert "sourceMappingURL" not in body
    assert body.count("\n;\n") == 3


def test_its_address_lies_beside_the_core_components_and_never_changes() -> None:
    address, _ = read()
    assert address.startswith(f"{BROUGHT}dash/dcc/dash-renderer~")
    assert address == read()[0]
