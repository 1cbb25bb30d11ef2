"""What our own parts must be: answering, of one schema, with room on the disk, and with secrets kept."""

from collections.abc import Iterator

from infra.doctor.check import Check, Severity, Spot, Topic
from infra.doctor.manager_checks import is_loopback
from infra.doctor.part_facts import PartFacts

GIGABYTE = 1_000_000_000
# The log alone is some 0.3 GB a day of a busy centre; PostgreSQL needs room to tidy up.
DISK_WEAK, DISK_WRONG = 5 * GIGABYTE, GIGABYTE
# A worker says each second or two that it is up to date.
LATE_S = 60.0
CLOCK_S = 2.0
# Zones are whole quarters of an hour apart; a line may be as old as a night before the file is touched again.
QUARTER_S, NEAR_S = 900.0, 60.0
# A socket that nobody signed in for is refused by these.
REFUSALS = (401, 403)


def _no_page(facts: PartFacts) -> Iterator[Spot]:
    if not facts.page.lives:
        yield Spot(f"{facts.page.address}/livez")


def _not_ready(facts: PartFacts) -> list[Spot] | None:
    if not facts.page.lives:
        return None
    return [] if facts.page.ready else [Spot(f"{facts.page.address}/readyz", facts.page.missing)]


def _page_in_clear(facts: PartFacts) -> Iterator[Spot]:
    page = facts.page
    if not (is_loopback(page.address.host) or page.tls or page.behind_proxy):
        yield Spot(str(page.address))


def _no_socket(facts: PartFacts) -> list[Spot] | None:
    if not facts.page.lives:
        return None
    status = facts.page.socket_status
    where = f"{facts.page.address}/ws/pbx"
    if status in REFUSALS:
        return []
    return [Spot(where, "it does not answer" if status == 0 else f"it answers {status}")]


def _open_socket(facts: PartFacts) -> list[Spot] | None:
    if facts.page.socket_status == 0:
        return None
    return [Spot(f"{facts.page.address}/ws/pbx")] if facts.page.socket_status == 101 else []


def _no_broker(facts: PartFacts) -> list[Spot] | None:
    if facts.broker is None:
        return None
    return [Spot("Kafka", facts.broker.trouble)] if facts.broker.trouble else []


def _no_topics(facts: PartFacts) -> list[Spot] | None:
    if facts.broker is None or facts.broker.trouble:
        return None
    return [Spot("Kafka", name) for name in facts.broker.missing_topics]


def _no_database(facts: PartFacts) -> list[Spot] | None:
    if facts.database is None:
        return None
    return [Spot("PostgreSQL", facts.database.trouble)] if facts.database.trouble else []


def _old_schema(facts: PartFacts) -> list[Spot] | None:
    if facts.database is None or facts.database.trouble:
        return None
    return [Spot("schema_migrations", facts.database.schema)] if facts.database.schema else []


def _clock(facts: PartFacts) -> list[Spot] | None:
    if facts.database is None or facts.database.trouble:
        return None
    skew = facts.database.clock_s
    return [Spot("PostgreSQL", f"{skew:+.0f} s")] if abs(skew) > CLOCK_S else []


def _late(facts: PartFacts) -> list[Spot] | None:
    if facts.database is None or facts.database.trouble or facts.database.schema:
        return None
    return [Spot("pbx_health", f"{pbx}, {late:.0f} s") for pbx, late in facts.database.late_s.items() if late > LATE_S]


def _unheard(facts: PartFacts) -> list[Spot] | None:
    if facts.database is None or facts.database.trouble or facts.database.schema:
        return None
    return [Spot("gaps", pbx) for pbx in facts.database.unheard]


def _full(facts: PartFacts) -> list[Spot] | None:
    if facts.free_bytes is None:
        return None
    if facts.free_bytes >= DISK_WEAK:
        return []
    severity = Severity.WRONG if facts.free_bytes < DISK_WRONG else Severity.WEAK
    return [Spot(str(facts.data), f"{facts.free_bytes / GIGABYTE:.1f} GB are free", severity)]


def _unreadable(facts: PartFacts) -> Iterator[Spot]:
    for file in facts.records:
        if file.trouble:
            yield Spot(file.path, file.trouble)
        elif file.awaited:
            yield Spot(file.path, "it is not there, or not yet", Severity.WEAK)
        elif not file.path and file.name != "CDR":
            yield Spot(f"TRUNKLINE_{file.name}", "it is not set", Severity.WEAK)


def _local_time(facts: PartFacts) -> list[Spot] | None:
    known = [(file, file.off_s) for file in facts.records if file.off_s is not None]
    if not known:
        return None
    return [Spot(file.path, f"{off / 3600:+.2f} h") for file, off in known if _is_zone(off)]


def _is_zone(seconds: float) -> bool:
    quarters = round(seconds / QUARTER_S)
    return quarters != 0 and abs(seconds - quarters * QUARTER_S) < NEAR_S


def _errors(facts: PartFacts) -> Iterator[Spot]:
    for name, count in facts.log_errors.items():
        yield Spot(str(facts.data / "logs" / name), f"{count} at its end")


def _note_left(facts: PartFacts) -> Iterator[Spot]:
    if facts.first_login_left:
        yield Spot(str(facts.data / "first-login.txt"))


def _open_secrets(facts: PartFacts) -> Iterator[Spot]:
    for path in facts.open_secrets:
        yield Spot(path)


def _short_secret(facts: PartFacts) -> Iterator[Spot]:
    if facts.short_jwt_secret:
        yield Spot("TRUNKLINE_JWT_SECRET")


def _no_spool(facts: PartFacts) -> list[Spot] | None:
    if facts.spool is None:
        return None
    path, trouble = facts.spool
    return [Spot(path, trouble)] if trouble else []


PARTS, SOCKET, RECORDS, SECURITY = Topic.PARTS, Topic.SOCKET, Topic.RECORDS, Topic.SECURITY
WRONG, WEAK = Severity.WRONG, Severity.WEAK

CHECKS: tuple[Check[PartFacts], ...] = (
    Check("page", SOCKET, WRONG, "The page answers", "The page does not answer",
          "Start it (`trunkline up`), and look at logs/api.log and at the firewall between.", _no_page),
    Check("ready", PARTS, WRONG, "All that the page needs is there", "The page misses something",
          "Start or mend what is named; logs/ has the reasons.", _not_ready),
    Check("page-in-clear", SECURITY, WRONG, "The page is encrypted where others reach it",
          "Others reach the page in clear",
          "Set TRUNKLINE_TLS_CERT and TRUNKLINE_TLS_KEY, or a proxy that is named in TRUNKLINE_PROXIES. Without TLS "
          "browsers give no microphone either.", _page_in_clear),
    Check("socket", SOCKET, WRONG, "The live socket can be opened", "The live socket cannot be opened",
          "Let the proxy and the firewall before the page pass WebSockets on (Upgrade, /ws/pbx).", _no_socket),
    Check("socket-login", SECURITY, WRONG, "The live socket asks who is there",
          "The live socket lets in nobody in particular",
          "Nothing but Trunkline's API may answer at /ws/pbx; look what the proxy leads to.", _open_socket),
    Check("kafka", PARTS, WRONG, "Kafka answers", "Kafka does not answer",
          "Start it, and check TRUNKLINE_KAFKA and the TRUNKLINE_KAFKA_ variables.", _no_broker),
    Check("topics", PARTS, WRONG, "Kafka has our topics", "A topic is missing or has another number of partitions",
          "Run `trunkline migrate --broker HOST:PORT`.", _no_topics),
    Check("database", PARTS, WRONG, "PostgreSQL answers", "PostgreSQL does not answer",
          "Start it, and check TRUNKLINE_DATABASE.", _no_database),
    Check("schema", PARTS, WRONG, "The database's schema is this version's", "The database has another schema",
          "Run `trunkline migrate`.", _old_schema),
    Check("database-clock", PARTS, WEAK, "The database's clock is right", "The database's clock and ours differ",
          "Run an NTP client on both machines.", _clock),
    Check("late", PARTS, WRONG, "Events are applied at once", "Events have not been applied for long",
          "Start `trunkline streams`, and look at logs/streams.log.", _late),
    Check("heard", RECORDS, WRONG, "Every PBX is heard", "A PBX is not heard",
          "Start `trunkline ingest`, and look at logs/ingest.log.", _unheard),
    Check("disk", PARTS, WEAK, "There is room on the disk", "The disk is nearly full",
          "Make room, or move the data folder.", _full),
    Check("record-files", RECORDS, WRONG, "The PBX's files can be read", "A file of the PBX is not read",
          "Mount its folder where the ingester runs, let it be read, and name it in TRUNKLINE_QUEUE_LOG, _CEL and "
          "_CDR.", _unreadable),
    Check("cel-time", RECORDS, WRONG, "Channel events have UTC times", "Channel events have local times",
          "Start Asterisk with TZ=UTC, or take dateformat out of cel.conf.", _local_time),
    Check("logs", PARTS, WEAK, "No errors are in the logs", "There are errors in a log", "Read them.", _errors),
    Check("first-login", SECURITY, WEAK, "The note of the first password is gone",
          "The note of the first password is still there",
          "Log in, keep the password somewhere safe, and remove the file.", _note_left),
    Check("secret-files", SECURITY, WRONG, "Secrets are readable by their owner alone",
          "A file of secrets is readable by others",
          "chmod 600 it, and change what is in it if others use this machine.", _open_secrets),
    Check("jwt-secret", SECURITY, WRONG, "Logins are signed with a long key", "The key that signs logins is short",
          "Set 32 random bytes or more, or leave it out: one is made.", _short_secret),
    Check("recording-spool", RECORDS, WRONG, "Recordings can be written", "Recordings cannot be written",
          "Make the folder, writable by Asterisk and by the keeper of recordings.", _no_spool),
)  # fmt: skip
