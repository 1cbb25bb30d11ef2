"""Carries commands out: written down, taken, sent once, watched, settled. And those that another process has left.

The order is what counts: the row is there before anything is done, `sent` before the first byte, and what decides
between two processes is PostgreSQL. No failure in between leads to a second try.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from api.control.commands import Command, CommandStatus, Verdict, mark_of
from api.control.links import Link, Links
from api.control.pages import Asked, NoPages, Pages
from api.control.plan import Plan
from api.control.seeker import Patience, Seeker
from api.control.store import Ask, CommandStore, Left, Wish
from api.problems import answer_to
from api.tokens import Principal
from asterisk.actions import Hangup
from asterisk.errors import ActionRefused, AmiError, InvalidAction, NotConnected

log = logging.getLogger("api.control.runner")

NOT_SENT = "It was not sent: the process that took it stopped before. Ask again."
# What is left by others is looked at in parts.
AT_ONCE = 50
# Asterisk answers in milliseconds; beyond this nobody knows.
ANSWER_S = 5.0
# Beyond all waiting that a command may come to; then anybody may settle it.
SLACK_S = 10.0

Unsent = Callable[[], Awaitable[None]]


class Runner:
    """The commands of this process."""

    def __init__(
        self, store: CommandStore, links: Links, patience: Patience | None = None, pages: Pages | None = None
    ) -> None:
        self.owner = uuid.uuid4()
        self._store = store
        self._links = links
        self._pages = pages or NoPages()
        self._patience = patience or Patience()
        self._seeker = Seeker(store, links, self._patience)
        self._tasks: set[asyncio.Task[None]] = set()

    async def earlier(self, principal: Principal, key: str | None, body_hash: bytes | None) -> Command | None:
        """The command that a caller's key stood for before. Raises Conflict when it came with another body."""
        return await self._store.earlier(Ask(principal, self.owner, key, body_hash))

    async def begin(
        self,
        principal: Principal,
        plan: Plan,
        command_id: uuid.UUID | None = None,
        key: tuple[str, bytes] | None = None,
        unsent: Unsent | None = None,
    ) -> Command:
        """Write a command down and carry it out beside everything else; the command as it was written.

        `unsent` is called when it is certain that nothing was sent. Raises BadRequest where the agent is busy.
        """
        ask = Ask(principal, self.owner, *(key or (None, None)))
        within = plan.within_s + self._patience.away + self._patience.settles + SLACK_S
        wish = Wish(
            *(command_id or uuid.uuid4(), plan.name, plan.arguments, plan.pbx),
            *(plan.call_id, plan.interface, plan.channel, within),
        )
        try:
            command, is_new = await self._store.accept(ask, wish)
        except Exception:
            await _tell(unsent)
            raise
        if is_new:
            self._spawn(lambda: self._carry(command, plan, unsent))
        else:
            await _tell(unsent)
        return command

    async def sweep(self) -> None:
        """Say that this process is there, and settle what another has left, or this one when the database was away."""
        await self._store.lives(self.owner)
        for left in await self._store.left(AT_ONCE):
            self._spawn(partial(self._adopt, left))

    async def close(self) -> None:
        """Stop waiting; what is open is settled by whoever is there."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            try:
                await work()
            except Exception as error:
                # The row stays as it is, and is settled as one that was left.
                log.error("a command could not be settled: %s", answer_to(error).problem.detail, exc_info=error)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- our own

    async def _carry(self, command: Command, plan: Plan, unsent: Unsent | None) -> None:
        link = self._links.get(plan.pbx)
        assert link is not None, "whoever plans has looked for the link"
        counts = plan.watch is None
        with link.watching(plan.watch) as told, self._pages.answering(command.id, told, counts=counts):
            if not await self._store.take(command):
                await _tell(unsent)
                return
            logins = link.logins
            try:
                is_done = await self._send(link, command, plan)
            except (NotConnected, InvalidAction) as error:
                verdict, was_sent = await self._settle(command, Verdict(False, f"It was not sent: {error}.")), False
            except ActionRefused as refused:
                verdict = Verdict(False, f"The PBX refused it: {refused.reason}")
                verdict, was_sent = await self._settle(command, verdict), False
            except AmiError as error:
                log.warning("the answer to a command was lost: %s", error, extra={"command": str(command.id)})
                verdict, was_sent = await self._find_out(command, link, told), True
            else:
                verdict, was_sent = await self._wait(command, plan, link, told, logins, is_done=is_done), True
        # A number is dialled only when the agent's phone was answered.
        if not verdict.confirmed and (command.name == "dial" or not was_sent):
            await _tell(unsent)

    async def _send(self, link: Link, command: Command, plan: Plan) -> bool:
        """Write the actions, one after the other. Whether their answers say all. Raises AmiError."""
        if plan.word is not None:
            word, call_id = plan.word, plan.call_id or ""
            await self._pages.ask(
                Asked(command.tenant, word.user_id, word.page_id, command.id, call_id, word.name, word.target)
            )
            return False
        is_done = plan.watch is None
        for number, step in enumerate(plan.steps, 1):
            # What makes a call comes last; before it stands what makes room for it.
            mark = mark_of(command.id) if number == len(plan.steps) else None
            try:
                await link.ask(step.action, mark, timeout=ANSWER_S)
            except ActionRefused as refused:
                if not any(word in refused.reason for word in step.forgives):
                    raise
                is_done = True
        return is_done

    async def _wait(
        self, command: Command, plan: Plan, link: Link, told: asyncio.Future[Verdict], logins: int, *, is_done: bool
    ) -> Verdict:
        """Wait for what settles it, and settle it. While the link is down the events are not heard: then look."""
        loop = asyncio.get_running_loop()
        until = loop.time() + plan.within_s
        verdict = Verdict(True) if is_done else None
        while verdict is None and loop.time() < until:
            await asyncio.wait({told}, timeout=min(self._patience.look, max(0.0, until - loop.time())))
            if told.done():
                verdict = told.result()
            elif link.logins != logins or not link.is_up:
                return await self._find_out(command, link, told)
        if verdict is None and command.name == "dial":
            return await self._find_out(command, link, told)
        verdict = verdict or Verdict(False, plan.late)
        await asyncio.sleep(plan.rest_s if verdict.confirmed else 0)
        return await self._settle(command, verdict)

    async def _find_out(self, command: Command, link: Link | None, told: asyncio.Future[Verdict] | None) -> Verdict:
        verdict = await self._settle(command, await self._seeker.seek(command, told))
        if command.name == "dial" and not verdict.confirmed and command.channel and link is not None and link.is_up:
            # It may have begun between the last look and the verdict; what begins later is hung up as it does.
            try:
                await link.ask(Hangup(command.channel))
            except AmiError as error:
                log.info("nothing to hang up of a call that was given up: %s", error)
        return verdict

    async def _settle(self, command: Command, verdict: Verdict) -> Verdict:
        """Settle it; what it came to. What somebody else has said before stands: a call that was confirmed goes on."""
        if await self._store.settle(command, verdict) is not None:
            return verdict
        stands = await self._store.find(command.tenant, command.id)
        return verdict if stands is None else Verdict(stands.status is CommandStatus.CONFIRMED, stands.detail)

    # ---- what others have left

    async def _adopt(self, left: Left) -> None:
        within = self._patience.away + self._patience.settles + SLACK_S
        command = await self._store.claim(left, self.owner, within)
        if command is None:
            return
        if command.status is CommandStatus.ACCEPTED:
            await self._store.settle(command, Verdict(False, NOT_SENT), unsent=True)
        else:
            await self._find_out(command, self._links.get(command.pbx), None)


async def _tell(unsent: Unsent | None) -> None:
    if unsent is not None:
        await unsent()
