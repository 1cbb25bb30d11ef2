"""What one client says, and what it is told to that. The same for each protocol that sockets speak.

Each message is looked at by itself: whether the sender is still signed in, whether its role may send it, whether what
it names is its own. Another's id is answered as one that is not there. Who sends nonsense three times is closed, and so
is who sends more than a person can click.
"""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from api.errors import ApiError
from api.live.client import REFUSED, SIGNED_OUT, TOO_BIG, Client
from api.live.hub import Hub
from api.live.messages import ERROR, CommandUpdated, ErrorData, message, status_message
from api.live.reach import seated
from api.live.sent import AGENT_LOGIN, AgentLogin, Envelope, Resync, Subscribe, Wrong, opened, understood
from api.problems import answer_to
from api.throttle import Throttle
from api.tokens import Principal
from calls.presence import GUIDE_STATUS, presence_at

# More than a person can click, far less than what would keep the process busy.
TAKEN_AT_ONCE, TAKEN_EVERY_S = 20, 0.5
# A snapshot is the dearest answer there is: a few after one another, then one each five seconds.
SHOWN_AT_ONCE, SHOWN_EVERY_S = 5, 5.0
# How much nonsense ends a conversation.
STRIKES = 3
# What an error is called here, by the status that a request gets for it.
CODES = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_found",
    409: "conflict",
    429: "too_many",
}

Act = Callable[[Principal, str, Struct], Awaitable[CommandUpdated]]
"""Does what an event asks for, and tells of the command that it became. Raises ApiError."""


class Conversation:
    """One client's. `still_holds` tells whether its user is signed in with the same role; `act` acts on calls."""

    def __init__(
        self, hub: Hub, client: Client, still_holds: Callable[[], Awaitable[bool]], act: Act | None = None
    ) -> None:
        self._act = act
        self._hub = hub
        self._client = client
        self._still_holds = still_holds
        self._taken = Throttle(TAKEN_AT_ONCE, TAKEN_EVERY_S)
        self._shown = Throttle(SHOWN_AT_ONCE, SHOWN_EVERY_S)
        self._strikes = 0

    async def take(self, text: str) -> ErrorData | CommandUpdated | None:
        """A frame: JSON with event and data. The answer, as `hear`."""
        return await self.hear(lambda: opened(text))

    async def hear(self, read: Callable[[], Envelope]) -> ErrorData | CommandUpdated | None:
        """A message that `read` makes of what came, or raises Wrong. The command that it became, or what was wrong.

        What was wrong the client has been told; of its commands it hears whatever way they were asked for.
        """
        if self._taken.take(""):
            self._client.close(REFUSED)
            return None
        envelope: Envelope | None = None
        try:
            envelope = read()
            return await self._answer(envelope)
        except Wrong as wrong:
            return self._refuse(wrong)
        except ApiError as error:
            event = envelope.event if envelope is not None else None
            return self._refuse(Wrong(CODES.get(error.status, "unavailable"), error.detail, event))
        except Exception as error:
            # As it is for a request: the log has what happened, the client a sentence.
            return self._refuse(Wrong("unavailable", answer_to(error).problem.detail))
        return None

    def _refuse(self, wrong: Wrong) -> ErrorData:
        self._client.tell((message(ERROR, wrong.error),))
        self._strikes += wrong.counts
        if self._strikes >= STRIKES:
            self._client.close(TOO_BIG if wrong.error.code == "too_large" else REFUSED)
        return wrong.error

    async def _answer(self, envelope: Envelope) -> CommandUpdated | None:
        data = understood(envelope, self._client.principal.role)
        if not await self._still_holds():
            self._client.close(SIGNED_OUT)
        elif isinstance(data, Subscribe):
            self._subscribe(envelope.event, data)
        elif isinstance(data, Resync):
            self._may_be_shown(envelope.event)
            self._hub.show(self._client)
        elif isinstance(data, AgentLogin):
            self._log_in(data)
        elif self._act is not None:
            return await self._act(self._client.principal, envelope.event, data)
        else:
            self._refuse_to_act(envelope.event, data)
        return None

    def _subscribe(self, event: str, data: Subscribe) -> None:
        self._may_be_shown(event)
        if not self._hub.subscribe(self._client, data.rooms):
            raise Wrong("not_found", "One of these rooms is not there.", event)

    def _may_be_shown(self, event: str) -> None:
        if wait := self._shown.take(""):
            raise Wrong("too_many", f"Ask for a snapshot again in {wait:.0f} s.", event)

    def _log_in(self, data: AgentLogin) -> None:
        for agent in seated(self._client, self._hub.board):
            if agent.agent_id == data.agent_id and data.extension in (None, agent.extension):
                status = GUIDE_STATUS[presence_at(agent.presence, self._hub.now).state]
                self._client.tell((status_message(agent, status),))
                return
        raise Wrong("not_found", "There is no such agent of yours.", AGENT_LOGIN)

    def _refuse_to_act(self, event: str, data: Struct) -> None:
        call_id = getattr(data, "call_id", None)
        own = {agent.call.call_id for agent in seated(self._client, self._hub.board) if agent.call}
        if call_id is not None and call_id not in own:
            raise Wrong("not_found", "There is no such call of yours.", event)
        raise Wrong("unavailable", "Nothing acts on calls from here: use the phone.", event)
