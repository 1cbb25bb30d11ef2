"""The agents page: all of them side by side over any range; of one chosen alone the days, drawn and listed."""

from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard import agent_cards, agent_days, shell
from dashboard.agent_figures import AgentsAnswer, read_agents
from dashboard.figure_marts import Answer
from dashboard.filter_bar import AGENTS_ID, agents_menu, clock_menu, compare_menu, range_menu
from dashboard.report_page import ReportPage, data, table_card
from dashboard.tokens import Tokens

PLACE = shell.Place(shell.PREFIX + "agents", "Agents", "agents")

_FILLS = (
    ("agents-body", "className"),
    ("agent-table-title", "children"),
    ("agent-table-head", "children"),
    ("agent-table-data", "children"),
    ("dispositions-data", "children"),
    ("agent-reasons-data", "children"),
    ("agent-events-data", "children"),
    ("agent-strips-data", "children"),
    ("agent-names", "children"),
)


def _body() -> list[Component]:
    legend = shell.legend(*agent_days.legend())
    strips = html.Section(
        className="card of-one",
        children=[
            html.Header([html.H2("How the days went"), html.Span(className="grow"), legend]),
            html.Div(id="agent-strips", className="strips"),
            data("agent-strips-data"),
        ],
    )
    by_agent = table_card("agent-table", html.H2(id="agent-table-title"), css="wide-table")
    filed = table_card("dispositions", html.H2("Filed as", **{"data-explain": "filed"}), head=False)
    paused = html.Div(table_card("agent-reasons", "Paused for", head=False), className="of-one")
    events = html.Div(table_card("agent-events", "One thing after the other", head=False), className="of-one")
    columns = html.Div([events, paused, filed], className="agent-columns")
    names = [data("agent-names"), html.Datalist(id=AGENTS_ID)]
    return [html.Div([strips, by_agent, columns], id="agents-body", className="of-all"), *names]


def _bar(answer: Answer, today: date) -> list[Component]:
    filters = answer.filters
    return [
        range_menu(filters, today),
        compare_menu(filters),
        agents_menu(filters, answer.agents),
        clock_menu(filters),
    ]


def _filled(answer: AgentsAnswer, _tokens: Tokens) -> tuple[Component | str, ...]:
    return (
        "of-agent" if answer.alone else "of-all",
        agent_cards.title(answer),
        agent_cards.table_head(answer),
        agent_cards.table_rows(answer),
        agent_cards.dispositions(answer),
        agent_cards.reasons(answer),
        agent_days.events(answer),
        agent_days.strips(answer),
        agent_cards.names(answer),
    )


PAGE = ReportPage(
    name="by-agent",
    place=PLACE,
    figures=6,
    body=_body,
    fills=_FILLS,
    empty=AgentsAnswer,
    read=read_agents,
    bar=_bar,
    took=agent_cards.took,
    summary=agent_cards.summary,
    explained=agent_cards.explanations,
    filled=_filled,
)
