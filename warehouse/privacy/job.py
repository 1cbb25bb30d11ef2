"""The erasure of people, step by step: tables, lake and marts, recordings, the archived log; then the certificate.

Each step may be done again, and is until it is done; where a step was is in PostgreSQL, so a kill at any point is made
good by the next round. What others have to do first (the day of the log must be over, the API deletes recordings) is
waited for and said. At the end everything is looked through once more: calls that were still in hand may have been
written again meanwhile.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from calls.certificates import hash_of
from calls.erasure import Eraser
from warehouse.errors import WarehouseError
from warehouse.lake import open_lake
from warehouse.load import load
from warehouse.lock import sole_writer
from warehouse.privacy.figures import differences
from warehouse.privacy.lake import forget, publish_again, shown_figures, take_out
from warehouse.privacy.leftovers import GRACE, sweep
from warehouse.privacy.logs import Still, clean_logs, nobody_looks, out_of_reach
from warehouse.privacy.requests import Request, Requests, Step
from warehouse.publish import publish

log = logging.getLogger(__name__)

TABLES, LAKE, RECORDINGS, ARCHIVE, CHECK = "tables", "lake", "recordings", "log", "check"
STEPS = (TABLES, LAKE, RECORDINGS, ARCHIVE, CHECK)
# Whose figures know one caller from another: a call that was written again meanwhile made one caller two.
OF_CALLERS = frozenset({"contacts", "contact_sums", "callers"})
# Of the log, in one round.
LOG_SECONDS = 5.0
# What no step reaches, and how it ends by itself.
LIMITS = (
    "Kafka holds what PBXs said for 7 days, what was refused for 30, calls for 2, and who waited last until it compacts"
    " the topics queues and agents.",
    "Backups of yours, and files of the PBX itself (queue_log, CDR, CEL, voicemail), are as they were.",
    "The audit log is kept whole: a search that was taken as a file stands there as it was asked.",
    "Notes on other people's calls, and numbers in notes that are written with spaces or dashes, are as they were.",
    "So is what processes have printed, and a recording that the PBX's machine has not handed over yet.",
    "PostgreSQL keeps what a row was until it cleans up (VACUUM) and writes its journal anew.",
)
ELSEWHERE = "The log of {} is not below this data folder, or may not be written here: it is as it was."


class Erasures:
    """Works off what was asked for. `catalog` and `source` are postgresql:// URLs, `data` the data folder.

    `retention` asks for those whom a tenant's rule forgets. What a killed load has left is removed after `grace`.
    """

    def __init__(
        self,
        catalog: str,
        source: str,
        data: Path,
        zones: Sequence[str] = ("UTC",),
        still: Still = nobody_looks,
        retention: Callable[[], int] = lambda: 0,
        grace: timedelta = GRACE,
    ) -> None:
        self._catalog, self._data, self._zones, self._still = catalog, data, tuple(zones), still
        self._requests, self._retention, self._grace = Requests(source), retention, grace

    def work(self) -> int:
        """One round over all that runs; how many are done by it.

        Raises WarehouseError and OSError, of the first that failed, once all were tried.
        """
        done, problems = 0, list[WarehouseError | OSError]()
        rounds: list[Callable[[], bool]] = [partial(self._advance, request) for request in self._requests.running()]
        for advance in [*rounds, self._ask]:
            try:
                done += advance()
            except (WarehouseError, OSError) as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
        return done

    def _ask(self) -> bool:
        """Whom a rule forgets is worked on from the next round."""
        self._retention()
        return False

    def _advance(self, request: Request) -> bool:
        steps = self._requests.steps(request)
        if not _is_done(steps, LAKE):
            self._lake(request, {}, is_first=not _is_done(steps, TABLES))
            # By then it is known what the people are called.
            request = self._requests.again(request)
        left = self._requests.left(request)
        if not _is_done(steps, RECORDINGS):
            self._requests.note(request, RECORDINGS, not left.recordings, {"left": left.recordings})
        archived = _is_done(steps, ARCHIVE) or self._archive(request, steps.get(ARCHIVE))
        if left.recordings or not archived:
            return False
        return self._check(request, left.in_hand)

    def _lake(self, request: Request, before: Mapping[str, int], *, is_first: bool) -> None:
        """Lake and marts, with what they came to before and after; the first time PostgreSQL's tables between both.

        So what is compared is of one load: no call is in it by a stand-in while others of the same caller are not.
        """
        with sole_writer(self._catalog), open_lake(self._catalog, self._data, self._requests.source) as lake:
            loaded = load(lake, zones=self._zones)
            publish(lake, self._data, loaded)
            kept, is_split = request.figures, bool(before)
            if kept is None or kept["load_id"] != loaded.load_id:
                kept = {"load_id": loaded.load_id, "figures": shown_figures(lake, self._data, request.tenant)}
                self._requests.keep_figures(request, kept)
                is_split = not is_first
            if is_first:
                self._requests.erase(request, TABLES, {})
            rows = take_out(lake, str(request.id))
            publish_again(lake, self._data, request.tenant, loaded)
            after = shown_figures(lake, self._data, request.tenant)
            forget(lake)
        # As JSON has it, which is how the first of them is kept.
        after = msgspec.json.decode(msgspec.json.encode(after))
        known = msgspec.json.decode(msgspec.json.encode(kept["figures"]))
        # Who called again since is another one from now on.
        is_split = is_split or bool(self._requests.steps(request)[TABLES].detail["since"])
        differing = [it for it in differences(known, after) if not (is_split and it in OF_CALLERS)]
        if differing:
            log.error("an erasure changed figures", extra={"request": str(request.id), "differing": differing})
        counts = {name: count + before.get(name, 0) for name, count in rows.items()}
        detail = {"counts": counts, "unchanged": not differing, "differing": differing, "figures": after}
        self._requests.note(request, LAKE, True, detail)

    def _archive(self, request: Request, before: Step | None) -> bool:
        """One pass, however many people; a stretch of it each time, so that the numbers do not wait for it."""
        known: dict[str, Any] = before.detail if before else {}
        pbxs = self._requests.pbxs(request)
        cleaned = clean_logs(
            self._data,
            pbxs,
            Eraser(request.people),
            request.asked_at,
            self._still,
            known.get("through", {}),
            LOG_SECONDS,
        )
        is_done = not (cleaned.waiting or cleaned.left)
        detail = {
            "files": cleaned.files + known.get("files", 0),
            "entries": cleaned.entries + known.get("entries", 0),
            "waiting": list(cleaned.waiting),
            "left": cleaned.left,
            "through": dict(cleaned.through),
            "elsewhere": out_of_reach(self._data, pbxs),
        }
        self._requests.note(request, ARCHIVE, is_done, detail)
        return is_done

    def _check(self, request: Request, in_hand: int) -> bool:
        """Look once more; done when nothing was found and nobody can bring anything back."""
        self._requests.note(request, CHECK, False, {"inHand": in_hand})
        if in_hand:
            return False
        steps = self._requests.steps(request)
        if self._requests.erase(request, TABLES, steps[TABLES].detail["counts"]):
            self._lake(request, steps[LAKE].detail["counts"], is_first=False)
        with sole_writer(self._catalog), open_lake(self._catalog, self._data) as lake:
            leftovers = sweep(lake, self._data, self._grace)
        self._requests.note(request, CHECK, not leftovers, {"inHand": 0, "leftovers": leftovers})
        if leftovers:
            return False
        self._requests.finish(request, certificate(request, self._requests.steps(request), datetime.now(UTC)))
        log.info("people were erased", extra={"request": str(request.id), "people": len(request.people)})
        return True


def certificate(request: Request, steps: Mapping[str, Step], at: datetime) -> dict[str, Any]:
    """What is handed out: what was erased, and that all figures are as before. `hash` is over all the rest of it."""
    tables, lake, archive = steps[TABLES].detail, steps[LAKE].detail, steps[ARCHIVE].detail
    body = {
        "request": str(request.id),
        "tenant": request.tenant,
        "kind": request.kind,
        "people": [person.word for person in request.people],
        "askedAt": request.asked_at.astimezone(UTC).isoformat(),
        "erasedAt": at.isoformat(),
        "erased": {
            "tables": tables["counts"],
            "lake": lake["counts"],
            "log": {k: archive[k] for k in ("files", "entries")},
        },
        "figures": {
            "unchanged": lake["unchanged"],
            "differing": lake["differing"],
            "before and after": lake["figures"],
            "database": tables["months"],
        },
        "callsSince": tables["since"],
        "notCovered": [*LIMITS, *(ELSEWHERE.format(pbx) for pbx in archive["elsewhere"])],
    }
    return body | {"hash": hash_of(body)}


def _is_done(steps: Mapping[str, Step], name: str) -> bool:
    return name in steps and steps[name].is_done
