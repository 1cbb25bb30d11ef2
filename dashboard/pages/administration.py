"""The administration page: who may sign in, who is at which extension, and what queues promise.

Python gives the structure; assets/administration.js fills and changes it through `/api/admin/*`, with the reader's own
cookie. The API decides what may be seen and changed; what is left out here is only left out. Must not hold a secret.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.guard import ADMINISTRATORS, User

PLACE = shell.Place(
    shell.PREFIX + "administration", "Administration", "administration", ADMINISTRATORS, shell.Group.SETTINGS
)


@dataclass(frozen=True)
class Section:
    """One tab. `columns` are headings with their classes; `add` is what the button says, if one may add.

    `operators`: shown only to those who answer for the whole installation; `adding_operators`: only the button is.
    """

    name: str
    title: str
    meaning: str
    columns: Sequence[tuple[str, str]]
    add: str = ""
    operators: bool = False
    adding_operators: bool = False


# A phone has room for the name, one more column, and what can be done.
_WIDE = "hide-small"

# Shown by the script when the API says that the reader is one.
_FOR_OPERATORS = {"hidden": True, "data-operators": ""}

SECTIONS = (
    Section(
        "users",
        "Users",
        "Who may sign in, and what they may see.",
        (("Name", ""), ("User name", _WIDE), ("Role", ""), ("May sign in", _WIDE), ("", "acts")),
        add="New user",
    ),
    Section(
        "extensions",
        "Extensions",
        "Who is reached at which telephone. What the PBX has seen and nobody is mapped to stands first.",
        (("User", ""), ("Extension", ""), ("Interface", _WIDE), ("PBX", _WIDE), ("", "acts")),
        add="New extension",
        adding_operators=True,
    ),
    Section(
        "queues",
        "Queues",
        "What callers are promised. A queue appears here as soon as a PBX tells of it.",
        (
            ("Queue", ""),
            ("PBX", _WIDE),
            ("Service level", ""),
            ("Short abandon", f"num {_WIDE}"),
            ("Wrap-up", f"num {_WIDE}"),
            ("", "acts"),
        ),
    ),
    Section(
        "dispositions",
        "Dispositions",
        "How a call ended for the business: what agents choose from after a call.",
        (("Title", ""), ("Code", ""), ("Offered", _WIDE), ("", "acts")),
        add="New disposition",
    ),
    Section(
        "dialling",
        "Dialling",
        "Where calls to the outside may go, how many, and when. Below: numbers that were refused in the last 90 days.",
        (("When", _WIDE), ("Who", ""), ("Number", ""), ("Refused for", ""), ("Detail", _WIDE)),
        add="Change the rules",
    ),
    Section(
        "tenants",
        "Tenants",
        "The organisations on this installation. Each sees its own users, queues and calls, and nothing of the others.",
        (("Name", ""), ("Id", ""), ("Open", _WIDE), ("", "acts")),
        add="New tenant",
        operators=True,
    ),
    Section(
        "audit",
        "Audit",
        "Who changed what. Rows are only ever added, each sealed with the one before.",
        (("When", ""), ("Who", ""), ("What", ""), ("Whom or what", ""), ("Detail", "")),
    ),
)


def layout(user: User, zone: str) -> Component:
    """The page before its first answer. `zone`: IANA name of the clock in which times are told."""
    return html.Div(
        id="administration",
        className="waiting",
        **{"data-timezone": zone, "data-user": user.user_id, "data-tenant": user.tenant},
        children=[
            shell.top(PLACE.title, _find(), _tenant_choice()),
            html.Div(
                [_tab(each) for each in SECTIONS], className="tabs", role="tablist", **{"aria-label": PLACE.title}
            ),
            html.P(id="administration-said", className="said", role="status"),
            *(_panel(each) for each in SECTIONS),
        ],
    )


def _find() -> Component:
    field = dcc.Input(id="find", type="search", placeholder="Find in this list", autoComplete="off")
    return html.Div([shell.icon("find"), field, html.Kbd("/")], className="field find")


def _tenant_choice() -> Component:
    """Filled by the script, for those who may choose."""
    return html.Label(["Tenant", html.Div(id="tenant-choice")], className="field chosen-tenant", hidden=True)


def _tab(section: Section) -> Component:
    return html.Button(
        section.title,
        id=f"tab-{section.name}",
        role="tab",
        tabIndex=-1,
        **{"aria-controls": f"panel-{section.name}", "aria-selected": "false", "data-section": section.name},
        **(_FOR_OPERATORS if section.operators else {}),
    )


def _panel(section: Section) -> Component:
    return html.Section(
        id=f"panel-{section.name}",
        className="card administered",
        role="tabpanel",
        hidden=True,
        **{"aria-labelledby": f"tab-{section.name}"},
        children=[
            html.Header(
                [
                    html.Div(
                        [
                            html.H2([section.title, html.Span(className="count dim")]),
                            html.P(section.meaning, className="dim small"),
                        ]
                    ),
                    html.Span(className="grow"),
                    html.Div(className="tools"),
                    *([_add(section)] if section.add else []),
                ]
            ),
            html.Div(className="notice bad", role="alert", hidden=True),
            html.Div(_table(section), className="scroll"),
        ],
    )


def _add(section: Section) -> Component:
    shown = _FOR_OPERATORS if section.adding_operators else {}
    return html.Button(section.add, className="btn primary", **{"data-add": ""}, **shown)


def _table(section: Section) -> Component:
    head = [
        html.Th(words or html.Span("Actions", className="unseen"), className=css, scope="col")
        for words, css in section.columns
    ]
    return html.Table(
        [html.Thead(html.Tr(head)), html.Tbody(id=f"{section.name}-rows")], **{"aria-label": section.title}
    )
