"""api/alerts/parts.py: what is done beside the requests, and what is told of it."""

from alert_parts import FakeTrials
from api_parts import NOWHERE, UTC, Clock, FakePulse

from api.alerts.outbound import Outbound
from api.alerts.parts import AlertParts
from api.alerts.tap import Tap
from api.database import Database
from api.live.board import Board
from api.live.hub import Hub


def test_it_watches_tells_and_sends() -> None:
    board, clock = Board(), Clock()
    hub = Hub(board, FakePulse(), UTC, clock)
    database, tap = Database(NOWHERE), Tap(board, clock)
    parts = AlertParts(database, NOWHERE, tap, lambda: False, hub, FakeTrials(), UTC, Outbound(), None)
    assert len({work.name for work in parts.works()}) == 4
    assert parts.figures()["trunkline_api_alerts_watched"][1] == 0.0
    assert "TRUNKLINE_WEBHOOKS" in parts.desk.refuse_webhook("https://hooks.example.com/")
