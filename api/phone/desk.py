"""What a page may ask as somebody's phone: its session, whom it can call, its calls so far, and how they sound."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from api.control.links import Links
from api.control.permits import Permit
from api.control.plan import Target
from api.control.targets import Targets
from api.errors import ApiError, BadRequest, NotAllowed, NotFound, Unavailable
from api.live.totals import day_start
from api.phone.forms import (
    Directory,
    History,
    PersonForm,
    QualityBody,
    QueueLine,
    ResultBody,
    SessionForm,
    Sip,
    TargetForm,
)
from api.phone.lists import Lists, Mapped
from api.phone.relay import SIP, Upstreams
from api.phone.sessions import Line, PostgresPhones
from api.phone.switchboard import Switchboard
from api.settings import PhoneSettings
from api.tokens import Principal
from calls.live import AgentLive, QueueLive
from calls.presence import PresenceState, presence_at

NO_PHONE = "You have no phone in the browser. Ask an administrator to give you an extension whose phone is a page."
REASONS = ("Break", "Lunch", "Training", "Meeting")
# What a page waits for candidates, and within which time a page that is loaded again finds its call.
GATHER_MS, RECOVER_MS = 500, 10_000
ECHO = "600"
# The host in SIP addresses; it leads nowhere, all goes over the page's own socket.
DOMAIN = "trunkline"
SECRET_BYTES = 24


class PhoneDesk:
    """Answers pages. `clock` in ms since the epoch."""

    def __init__(
        self,
        phones: PostgresPhones,
        lists: Lists,
        switchboard: Switchboard,
        targets: Targets,
        links: Links,
        upstreams: Upstreams,
        settings: PhoneSettings,
        zone: ZoneInfo,
        clock: Callable[[], int],
    ) -> None:
        self.switchboard = switchboard
        self._phones = phones
        self._lists = lists
        self._targets = targets
        self._links = links
        self._upstreams = upstreams
        self._settings = settings
        self._zone = zone
        self._clock = clock

    async def line(self, principal: Principal) -> Line:
        """The caller's place. Raises NotAllowed, which says what to do, where there is none."""
        line = await self._phones.line(principal)
        if line is None:
            raise NotAllowed(NO_PHONE)
        return line

    async def open(self, principal: Principal, page_id: str) -> SessionForm:
        """Make this page the caller's phone, with a secret of its own; another page is the phone no longer."""
        line = await self.line(principal)
        if not self._upstreams.serves(line.pbx):
            raise Unavailable(f"There are no phones in browsers on {line.pbx}: set TRUNKLINE_SIP for the API.")
        secret = secrets.token_urlsafe(SECRET_BYTES)
        await self._phones.open(principal, line, page_id, secret)
        await self.switchboard.replace(line.pbx, line.interface, page_id)
        reasons = await self._phones.pause_reasons(principal)
        return SessionForm(
            agent_id=line.agent_id,
            name=line.name,
            extension=line.extension,
            pbx=line.pbx,
            tenant_name=line.tenant_name,
            sip=Sip(f"sip:{line.endpoint}@{DOMAIN}", line.endpoint, secret, f"/{SIP}"),
            ice_servers=self._settings.ice_servers,
            gather_ms=GATHER_MS,
            recover_ms=RECOVER_MS,
            wrap_up_s=line.wrap_up_s,
            pause_reasons=list(REASONS) if reasons is None else reasons,
            echo_extension=ECHO,
            signed_in_at=await self._phones.signed_in_at(principal),
        )

    async def directory(self, principal: Principal, find: str) -> Directory:
        """Whom the caller can call or send a call to, on the same PBX."""
        line, now = await self.line(principal), self._clock()
        seen = [_person(each, now) for each in await self._lists.people(principal, line.pbx, find)]
        mapped = [_absent(each) for each in await self._lists.mapped(principal, line.pbx, find)]
        queues = await self._lists.queues(principal, line.pbx, find)
        people = sorted([*seen, *mapped], key=lambda each: (each.name, each.extension))
        return Directory(people, [_queue(each, now) for each in queues])

    async def target(self, principal: Principal, to: str, call_id: str | None) -> TargetForm:
        """Whether a call can be sent there; a number may be dialled by the page for a moment after."""
        line = await self.line(principal)
        link = self._links.of(line.pbx)
        try:
            found, permit = await self._targets.find(principal, link, to, "transfer", call_id or f"{line.pbx}:page")
        except Unavailable:
            raise
        except ApiError as error:
            return TargetForm(ok=False, why=error.detail)
        dial = await self._phones.number_for(principal.tenant, principal.user_id, line.pbx, found)
        kind, name = await self._named(principal, line, found, permit)
        return TargetForm(ok=True, kind=kind, dial=dial, name=name)

    async def history(self, principal: Principal) -> History:
        """The caller's calls of today, the newest first."""
        line = await self.line(principal)
        since = datetime.fromtimestamp(day_start(self._clock(), self._zone) / 1000, UTC)
        return History(await self._lists.history(principal, line, since))

    async def quality(self, principal: Principal, said: QualityBody) -> None:
        """Keep how the caller's leg of a call sounds. Raises NotFound where there is none yet."""
        line = await self.line(principal)
        if not await self._lists.keep_quality(principal, line, said):
            raise NotFound("There is no such call of yours.")

    async def answer(self, principal: Principal, command_id: str, said: ResultBody) -> None:
        """What the page says of a command that it was asked for. Raises NotFound for one of nobody's page here."""
        try:
            wanted = UUID(command_id)
        except ValueError:
            wanted = None
        if wanted is None or not await self._phones.was_asked(principal, wanted):
            raise NotFound("There is no such command.")
        await self.switchboard.answer(wanted, said.why, done=said.done)

    async def _named(
        self, principal: Principal, line: Line, target: Target, permit: Permit | None
    ) -> tuple[str, str | None]:
        if permit is not None:
            return "number", permit.e164
        if target.queue is not None:
            queues = await self._lists.queues(principal, line.pbx, target.exten)
            return "queue", next((each.name for each in queues if each.queue_id == target.exten), None)
        seen = await self._lists.people(principal, line.pbx, target.exten)
        mapped = await self._lists.mapped(principal, line.pbx, target.exten)
        names = {each.extension: each.name for each in seen} | {each.extension: each.name for each in mapped}
        return "agent", names.get(target.exten)


def checked_find(find: str) -> str:
    """What is looked for. Raises BadRequest for what no name has in it."""
    if not find.isprintable():
        raise BadRequest("find: printable characters only.")
    return find.strip()


def _person(agent: AgentLive, now: int) -> PersonForm:
    presence = presence_at(agent.presence, now)
    return PersonForm(
        agent_id=agent.agent_id,
        name=agent.name,
        extension=agent.extension,
        state=presence.state.value,
        since=presence.since,
        reason=presence.reason,
    )


def _absent(mapped: Mapped) -> PersonForm:
    return PersonForm(mapped.interface, mapped.name, mapped.extension, PresenceState.OFFLINE.value, 0, "")


def _queue(queue: QueueLive, now: int) -> QueueLine:
    longest = max(0, now - queue.waiting[0].entered_at) / 1000 if queue.waiting else 0.0
    return QueueLine(queue.queue_id, queue.name, len(queue.waiting), longest)
