"""The parts of the alerts, which know each other: rules, who watches them, who tells of them."""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from api.alerts.deliveries import FORGET_EVERY_S, LOOK_EVERY_S, Deliveries
from api.alerts.hindsight import Hindsight
from api.alerts.mail import NoMail, PostedMail
from api.alerts.news import AlertNews
from api.alerts.outbound import Outbound
from api.alerts.routes import AlertDesk
from api.alerts.store import AlertStore
from api.alerts.tap import Tap
from api.alerts.trying import PastOfRules, Trier
from api.alerts.watching import Watchman
from api.alerts.webhook import Webhooks
from api.background import Work
from api.database import Database
from api.live.hub import Hub
from api.post.account import MailAccount
from api.post.sender import SmtpPost


class AlertParts:
    """All of it. `url` is PostgreSQL's, for connections of their own; `is_heard`: whether the live topics are."""

    def __init__(
        self,
        database: Database,
        url: str,
        tap: Tap,
        is_heard: Callable[[], bool],
        hub: Hub,
        past: PastOfRules,
        zone: ZoneInfo,
        outbound: Outbound,
        account: MailAccount | None,
    ) -> None:
        self.desk = AlertDesk(AlertStore(database, tap.clock), Trier(past, zone, tap.clock), outbound.refusal)
        self._watchman = Watchman(url, tap, is_heard, Hindsight(past, zone))
        self._news = AlertNews(database, url, hub)
        mail = PostedMail(SmtpPost(account), account) if account else NoMail()
        self._deliveries = Deliveries(database, Webhooks(outbound), mail)

    def works(self) -> Iterable[Work]:
        """What is done about them beside the requests."""
        return [
            Work("watching the alerts", self._watchman.run),
            Work("telling what alerts say", self._news.run),
            Work("sending what alerts say", self._deliveries.send, LOOK_EVERY_S),
            Work("forgetting old alerts", self._deliveries.forget, FORGET_EVERY_S),
        ]

    def figures(self) -> dict[str, tuple[str, float]]:
        """What /metrics tells of them."""
        return {"trunkline_api_alerts_watched": ("1 while this process watches", float(self._watchman.is_watching))}
