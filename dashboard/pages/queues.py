"""The queues page: all of them side by side over any range, those below their target first."""

from datetime import date

from dash.development.base_component import Component

from dashboard import queue_cards, shell
from dashboard.figure_marts import Answer
from dashboard.filter_bar import clock_menu, compare_menu, queues_menu, range_menu, variant_menu
from dashboard.queue_figures import QueuesAnswer, read_queues
from dashboard.report_page import ReportPage, table_card
from dashboard.tokens import Tokens

PLACE = shell.Place(shell.PREFIX + "queues", "Queues", "queues")


def _bar(answer: Answer, today: date) -> list[Component]:
    filters = answer.filters
    return [
        range_menu(filters, today),
        compare_menu(filters),
        queues_menu(filters, answer.queues),
        variant_menu(filters),
        clock_menu(filters),
    ]


def _filled(answer: QueuesAnswer, _tokens: Tokens) -> tuple[Component, str]:
    return queue_cards.table_head(answer), queue_cards.table_rows(answer)


PAGE = ReportPage(
    name="by-queue",
    place=PLACE,
    figures=6,
    body=lambda: [table_card("queue-table", "By queue", css="wide-table")],
    fills=(("queue-table-head", "children"), ("queue-table-data", "children")),
    empty=QueuesAnswer,
    read=read_queues,
    bar=_bar,
    took=queue_cards.took,
    summary=queue_cards.summary,
    explained=queue_cards.explanations,
    filled=_filled,
)
