"""What the staffing page shows of an outlook: strip, chart, a row an interval, what if, and how wrong it was. Pure."""

import json
from typing import Any

import plotly.graph_objects as go
from dash.development.base_component import Component

from dashboard import formats, strip, tables
from dashboard.definitions import Definition, Explanation
from dashboard.figures import label_ticks, template
from dashboard.staffing_figures import StaffingAnswer
from dashboard.tokens import Tokens
from warehouse.staffing.outlook import Outlook

# Less than one call in so many intervals is nothing that agents are planned for in the table.
_LEAST_CALLS = 0.05
_DEFINITIONS = {
    name: Definition(name, *rest)
    for name, rest in {
        "calls": (
            "Calls",
            "How many will come: the mean of the last six same weekdays at that time, without the highest "
            "and the lowest",
            "mean of past same weekdays",
            "Trunkline",
        ),
        "agents": (
            "Agents needed",
            "The fewest agents for this queue alone who meet the target",
            "fewest with service level ≥ target",
            "Erlang C, 1917; Erlang A, Garnett and others 2002",
        ),
        "rostered": (
            "On the roster",
            "So many have to be on the roster for the agents needed to be at work",
            "agents / (1 − shrinkage)",
            "Trunkline",
        ),
        "present": (
            "Usually there",
            "Agents of this queue who were logged in and not paused, on average of the last six weeks; they "
            "may serve other queues as well",
            "mean of agents' time / interval",
            "Trunkline",
        ),
        "level": (
            "Service level",
            "Answered within the threshold, of offered, with the agents needed",
            "P(wait ≤ threshold)",
            "Erlang",
        ),
        "asa": (
            "Mean wait",
            "Of all callers, those who hang up included",
            "E(wait)",
            "Erlang",
        ),
        "occupancy": (
            "Occupancy",
            "Of the agents' time, what they spend with callers",
            "load / agents",
            "Erlang",
        ),
        "hang_up": (
            "Hang up",
            "Of the callers, those who would hang up; by Erlang C nobody does",
            "E(gone) / calls",
            "Erlang A, Garnett and others 2002",
        ),
        "error": (
            "Forecast error",
            "Each of the last four weeks was forecast from the weeks before it alone: the sum of what each "
            "interval was off by, of all calls",
            "sum(|forecast − came|) / sum(came)",
            "Trunkline",
        ),
        "hours": (
            "Hours on the roster",
            "Of all agents needed in these days, with shrinkage",
            "sum(rostered × interval)",
            "Trunkline",
        ),
        "aht": (
            "Handle time",
            "Mean talk, hold and wrap-up of the past weeks, or what was typed",
            "talk + hold + wrap-up",
            "Trunkline",
        ),
    }.items()
}


def summary(answer: StaffingAnswer) -> list[Component]:
    """The strip of the days ahead."""
    found = answer.outlook
    if found is None:
        return [strip.figure(name, _DEFINITIONS[name].title, formats.NOTHING, "") for name in _STRIP]
    busiest = max(found.rows, key=lambda row: row["agents"] or 0)
    short = sum(_short(row) for row in found.rows)
    hours = sum((row["rostered"] or 0) * _hours(found) for row in found.rows)
    calls = sum(row["calls"] or 0 for row in found.rows)
    words = "nobody hangs up" if found.target.patience_s is None else "callers hang up"
    return [
        strip.figure(
            "calls", "Calls to come", formats.count(calls), f"{found.wanted.days} days from {formats.day(found.first)}"
        ),
        strip.figure(
            "agents",
            "Most agents needed",
            formats.count(busiest["agents"]),
            f"{busiest['interval_start']:%a %H:%M}, {words}",
        ),
        strip.figure(
            "present",
            "Too few usually there",
            formats.count(short),
            f"of {len(found.rows)} intervals",
            css="warn-text" if short else "",
        ),
        strip.figure(
            "hours",
            "Hours on the roster",
            formats.count(hours),
            f"{formats.percent(found.target.shrinkage, 0)} shrinkage",
        ),
        strip.figure(
            "aht", "Handle time", formats.duration(found.aht_s), "typed" if found.wanted.aht_s else "of the past weeks"
        ),
        strip.figure(
            "error",
            "Forecast error",
            formats.percent(found.error.wape, 0),
            f"as a week before: {formats.percent(found.error.naive_wape, 0)}",
        ),
    ]


_STRIP = ("calls", "agents", "present", "hours", "aht", "error")


def took(answer: StaffingAnswer) -> str:
    """How fast it was reckoned."""
    return f"reckoned in {answer.took_s * 1000:.0f} ms"


def title(answer: StaffingAnswer) -> str:
    """Which queue, for which target."""
    found = answer.outlook
    if found is None:
        return answer.why
    level, within = formats.percent(found.target.service_level, 0), formats.seconds(found.target.target_s)
    return f"{found.queue.name}: agents for {level} in {within}"


def chart(answer: StaffingAnswer, tokens: Tokens) -> go.Figure:
    """Calls as bars, agents needed and usually there as steps."""
    rows = answer.outlook.rows if answer.outlook else []
    labels = [
        f"{row['interval_start']:%a} {row['interval_start'].day} {row['interval_start']:%b %H:%M}" for row in rows
    ]
    figure = go.Figure(layout={"template": template(tokens)})
    figure.add_trace(
        go.Bar(
            name="calls", x=labels, y=[row["calls"] for row in rows], yaxis="y2",
            marker={"color": tokens["d1"], "opacity": 0.35, "line": {"width": 0}},
            hovertemplate="%{y:.1f} calls<extra></extra>",
        )
    )  # fmt: skip
    lines = (
        ("needed", [row["agents"] for row in rows], tokens["ink"], "solid"),
        ("usually there", [round(row["present"], 1) for row in rows], tokens["d3"], "dot"),
    )
    for name, values, colour, dash in lines:
        figure.add_trace(
            go.Scatter(
                name=name,
                x=labels,
                y=values,
                mode="lines",
                line={"color": colour, "width": 1.7, "shape": "hvh", "dash": dash},
                hovertemplate=f"%{{y}} {name}<extra></extra>",
            )
        )
    positions, texts = label_ticks([f"{row['interval_start']:%a} {row['interval_start'].day}" for row in rows])
    most = max((row["calls"] or 0 for row in rows), default=0)
    figure.update_xaxes(tickmode="array", tickvals=positions, ticktext=texts, range=(-0.6, len(rows) - 0.4))
    figure.update_layout(
        yaxis2={"range": (0, max(4.0, most * 1.05)), "tickmode": "auto", "nticks": 4, "tickformat": ",d"}
    )
    return figure


def table_head(answer: StaffingAnswer) -> Component:
    """The headings."""
    names = ("calls", "agents", "rostered", "present", "level", "asa", "occupancy")
    return tables.head([("From", ""), *((_DEFINITIONS[name].title, name) for name in names)])


def table_rows(answer: StaffingAnswer) -> str:
    """A row an interval in which somebody calls, as JSON."""
    rows = [row for row in answer.outlook.rows if (row["calls"] or 0) >= _LEAST_CALLS] if answer.outlook else []
    return tables.rows([_row(row) for row in rows], 8, answer.why)


def what_if(answer: StaffingAnswer) -> str:
    """By how many agents more or fewer: the words of each figure, as JSON for assets/numbers/whatif.js."""
    if answer.outlook is None:
        return json.dumps({})
    target = answer.outlook.target.service_level
    return json.dumps(
        {
            str(more): [
                _more_words(more),
                formats.percent(fare.service_level),
                "warn-text" if (fare.service_level or 0) < target else "",
                "grows" if fare.asa_s is None else formats.duration(fare.asa_s),
                formats.percent(fare.occupancy),
                formats.percent(fare.p_abandon) if answer.outlook.target.patience_s else "none by Erlang C",
            ]
            for more, fare in answer.outlook.what_if.items()
        }
    )


def tried_rows(answer: StaffingAnswer) -> str:
    """A row a week that was forecast and then came, as JSON."""
    tried = answer.outlook.tried if answer.outlook else {}
    lines = [
        [
            tables.cell(f"Week of {formats.day(week)}", ""),
            tables.cell(
                formats.percent(error.wape, 0), note=f"{formats.percent(error.naive_wape, 0)} as a week before"
            ),
        ]
        for week, error in tried.items()
    ]
    return tables.rows(lines, 2, "No week could be tried yet.")


def explanations(answer: StaffingAnswer) -> list[Explanation]:
    """What every number of the page means."""
    basis = (
        "Each interval stands for itself: what waits at its end is not carried on",
        answer.watermark_words(),
    )
    return [Explanation(each, basis) for each in _DEFINITIONS.values()]


def _row(row: dict[str, Any]) -> list[tables.Cell]:
    at = row["interval_start"]
    return [
        tables.cell(f"{at:%a} {at.day} {at:%b %H:%M}", ""),
        tables.cell(f"{row['calls']:.1f}"),
        tables.cell(formats.count(row["agents"])),
        tables.cell(formats.count(row["rostered"])),
        tables.cell(f"{row['present']:.1f}", "num warn" if _short(row) else "num"),
        tables.cell(formats.percent(row["service_level"])),
        tables.cell(formats.duration(row["asa_s"])),
        tables.cell(formats.percent(row["occupancy"])),
    ]


def _short(row: dict[str, Any]) -> bool:
    # Half an agent less on average is a break.
    return bool(row["agents"]) and row["calls"] >= _LEAST_CALLS and row["present"] < row["agents"] - 0.5


def _hours(found: Outlook) -> float:
    return {"15m": 0.25, "30m": 0.5, "1h": 1.0}[found.wanted.interval]


def _more_words(more: int) -> str:
    if not more:
        return "as planned"
    return f"{abs(more)} agent{'s' if abs(more) > 1 else ''} {'more' if more > 0 else 'fewer'}"
