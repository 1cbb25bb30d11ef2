"""What is said goes out in its time: to the clients, and into the files.

Job: play a timeline of recorded moments, or run traffic, at a pace; both wait until enough clients listen.
Contract: a file line is written before the events that are sent with it. It must not: know the command line.
"""

from bisect import bisect_right
from collections.abc import Sequence

from asterisk.ami import Packet
from asterisk.simulator.actions import Actions
from asterisk.simulator.files import Files
from asterisk.simulator.pace import Pace
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.playback import Moment
from asterisk.simulator.server import Server
from asterisk.simulator.traffic import Traffic

BATCH_STEPS = 50
"""Steps between two looks at whether the clients keep up, at full speed: some thousand events, half a megabyte."""
BATCH_MOMENTS = 500
LONGEST_SILENCE_US = 600_000_000
"""Where moments are further apart than ten minutes, another recording begins, and is not waited for so long."""


class Stage:
    """A PBX on show: its actions, its server's clients, its files, its pace."""

    def __init__(self, pbx: Pbx, actions: Actions, files: Files, pace: Pace) -> None:
        self.pbx = pbx
        self.files = files
        self.pace = pace
        self._actions = actions

    def act(self, action: Packet) -> tuple[list[bytes], list[bytes]]:
        """Answer an action at the present time; the events that it causes come with the answer."""
        if self.pace.running and (now_us := self.pace.now_us()) is not None:
            self.pbx.advance(now_us)
        answer = self._actions.answer(action)
        return answer, self.taken()

    def taken(self) -> list[bytes]:
        """What the PBX has said: lines are written, events returned."""
        output = self.pbx.take()
        self.files.write(output.queue_log, output.cel)
        return output.events


async def run_traffic(stage: Stage, server: Server, traffic: Traffic) -> None:
    """Let traffic run until it is over, if it ever is."""
    stage.pace.begin(traffic.pbx.now_us)
    traffic.start()
    while not traffic.over and (next_us := traffic.agenda.next_us) is not None:
        await stage.pace.wait(next_us)
        now_us = stage.pace.now_us()
        traffic.agenda.run_until(next_us if now_us is None else now_us, BATCH_STEPS)
        server.broadcast(stage.taken())
        if now_us is None:
            await server.drained()


async def play(stage: Stage, server: Server, timeline: Sequence[Moment]) -> None:
    """Send recorded packets and write recorded lines, each when its time has come."""
    if not timeline:
        return
    stage.pace.begin(timeline[0].at_us)
    done, at_us = 0, _rising(timeline)
    while done < len(timeline):
        await stage.pace.wait(at_us[done])
        now_us = stage.pace.now_us()
        due = done + BATCH_MOMENTS if now_us is None else bisect_right(at_us, now_us, lo=done)
        batch = timeline[done : min(due, done + BATCH_MOMENTS)]
        done += len(batch)
        lines = {kind: [moment.data for moment in batch if moment.kind == kind] for kind in ("queue_log", "cel")}
        stage.files.write(lines["queue_log"], lines["cel"])
        server.broadcast([moment.data for moment in batch if moment.kind == "event"])
        if now_us is None:
            await server.drained()


def _rising(timeline: Sequence[Moment]) -> list[int]:
    """When each moment is due, on one clock: recordings that follow one another unmoved may lie years apart."""
    due, latest, gone = [], timeline[0].at_us, 0
    for moment in timeline:
        gone += max(0, min(moment.at_us - latest, LONGEST_SILENCE_US))
        latest = moment.at_us
        due.append(timeline[0].at_us + gone)
    return due
