"""The wallboard of a tenant at any past instant, and from change to change: several PBXs merged.

An instant is answered by the last snapshot before it and the log behind that, or by what was asked just before: asking
on from instant to instant costs what happened between them. Not thread-safe. Reads files; changes none.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from heapq import merge
from pathlib import Path

from calls.past import PastBoard, PastMoment, Reel
from calls.state import State
from warehouse.archived_lines import logged_pbxs
from warehouse.errors import PastUnknown
from warehouse.past.folding import changed, fold, fold_entry, shown
from warehouse.past.keeping import past_folder
from warehouse.past.reading import Place, read_on
from warehouse.past.snapshots import Snapshot, Snapshots

# States kept from one question to the next, for those who play. One of a large centre takes ten megabytes.
KEPT = 16
# So many entries behind the last snapshot are folded, a second's work; more means that snapshots are being made.
MOST_ENTRIES = 30_000
# Changes to a reel: a busy minute of a large centre, an hour of a small one.
MOST_MOMENTS = 2_000


class Past:
    """The past of all PBXs that have a log under the data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        # With each, which file its place is in: places in one that was rewritten are others.
        self._kept: OrderedDict[tuple[str, int], tuple[Snapshot, int]] = OrderedDict()

    def at(self, tenant: str, at: int) -> PastBoard:
        """The board at an instant (ms since the epoch). Raises PastUnknown, LogUnreadable and PastUnreadable."""
        agents, queues, unheard = [], [], []
        for state in (it.state for it in self._all(at)):
            board = shown(state, tenant)
            agents += board.agents
            queues += board.queues
            # Another tenant's PBX is none of this one's business.
            unheard += board.unheard if board.agents or board.queues else []
        return PastBoard(agents, queues, unheard)

    def reel(self, tenant: str, start: int, end: int, most: int = MOST_MOMENTS) -> Reel:
        """The board at `start`, then what was new at each change until `end` (ms since the epoch), in order.

        It ends sooner where there would be more than `most` of them. Raises as `at` does.
        """
        begun = self._all(start)
        moments, until = [PastMoment(start, self.at(tenant, start))], end
        for moment in merge(*(self._changes(it, tenant, start, end) for it in begun), key=lambda moment: moment.at):
            if len(moments) > most and moment.at > moments[-1].at:
                until = moments[-1].at
                break
            moments.append(moment)
        return Reel(moments, until)

    def _changes(self, begin: Snapshot, tenant: str, start: int, end: int) -> Iterator[PastMoment]:
        state, at = begin.state, start
        for record, _ in read_on(self._data / "log" / state.pbx, begin.place, end):
            for entry in record.entries:
                state, changes = fold_entry(state, record, entry.seq)
                # One that was received before its forerunner, by another clock, is new when that one is.
                at = max(at, entry.received)
                if changes and ((new := changed(state, changes, tenant)).agents or new.queues):
                    yield PastMoment(at, new)

    def _all(self, at: int) -> list[Snapshot]:
        pbxs = logged_pbxs(self._data)
        if not pbxs:
            raise PastUnknown("There is no log here to look back into. docs/operator.md says where it has to be.")
        found = [it for it in (self._of(pbx, at) for pbx in pbxs) if it is not None]
        if not found:
            raise PastUnknown("Nothing had been heard yet: the past begins with the first day of the log.")
        return found

    def _of(self, pbx: str, at: int) -> Snapshot | None:
        """The state of a PBX at an instant; None before anything was heard."""
        # Asked before anything is read: one that is rewritten meanwhile is another one already.
        inodes = self._inodes(pbx)
        _, place, state = self._nearest(pbx, at, inodes)
        folded = 0
        for record, behind in read_on(self._data / "log" / pbx, place, at):
            state, place = fold(state, record), behind
            folded += len(record.entries)
            if folded > MOST_ENTRIES:
                raise PastUnknown("This time is still being prepared, which takes minutes after an update. Try again.")
        if not state.version:
            return None
        return self._keep(Snapshot(at, place, state), inodes.get(place.file, 0))

    def _nearest(self, pbx: str, at: int, inodes: Mapping[str, int]) -> Snapshot:
        known = [
            it for (name, received), (it, inode) in self._kept.items()
            if name == pbx and received <= at and inodes.get(it.place.file) == inode
        ]  # fmt: skip
        nearest = max(known, key=lambda it: it.received, default=Snapshot(-1, Place(), State(pbx=pbx)))
        snapshots = Snapshots.reading(past_folder(self._data), pbx)
        if snapshots is None:
            return nearest
        with snapshots:
            return snapshots.before(at, since=nearest.received) or nearest

    def _inodes(self, pbx: str) -> dict[str, int]:
        return {it.name: it.inode() for it in os.scandir(self._data / "log" / pbx)}

    def _keep(self, found: Snapshot, inode: int) -> Snapshot:
        key = (found.state.pbx, found.received)
        self._kept[key] = (found, inode)
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found
