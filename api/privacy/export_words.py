"""What the file about a person says of itself. Pure."""

from datetime import datetime

# So that spreadsheets read UTF-8.
MARK = "\ufeff"
# The columns of tables beside calls.csv, whose columns are those of a list of calls (api/history/call_table.py).
FILES = {
    "notes.csv": ("Call", "When", "Note"),
    "contact.csv": ("Name", "Number", "Company", "E-mail", "Notes"),
    "commands.csv": ("When", "What", "State", "Call", "By", "With", "Detail"),
    "recordings.csv": ("Call", "When", "Seconds", "File", "Why it is not here"),
}


def readme(shown: str, identity: str, at: datetime) -> str:
    """What each file is; `at` on the clock of the tables."""
    return f"""What this call centre has about {shown}
Made {at:%Y-%m-%d %H:%M:%S} ({at.tzname()}), export {identity}

calls.csv        Each call from or to the number, or sent on to it: one line a call.
notes.csv        What agents wrote down about these calls.
contact.csv      The entry in the address book.
commands.csv     What was asked of the telephone system with this number: calls that were dialled, sent on or refused.
recordings.csv   Each recording of these calls, and the file that holds it.
recordings/      The recordings themselves, as sound.
person.json      All of the above and more, for programs: "contacts", "commands", "dialled" and "refused" are rows of
                 the tables of those names; each of "calls" is {{"call": ..., "events": [...]}}: the call with its stays
                 in queues, agents' parts, corrections and comparison with the telephone system's own files, and what
                 the telephone system said that makes it what it is. Durations are seconds.

In the tables times are on the clock {at.tzname()} of the centre. A text that a spreadsheet would take for a formula,
such as a number that begins with +, has a single quote before it.

Not in here: what the telephone system itself keeps (voicemail, its own files), and backups.
"""


def agent_readme(name: str, identity: str, at: datetime) -> str:
    """What each file about an agent is."""
    return f"""What this call centre has about {name}
Made {at:%Y-%m-%d %H:%M:%S} ({at.tzname()}), export {identity}

agent.json       Who it is, and at which telephones.
states.csv       When they were signed in, available, on a call, in wrap-up or paused, and for what reason.
calls.csv        Each call in which they had a part: how long they talked, and how it sounded (MOS, 1 to 5).
rings.csv        Each time it rang and they did not answer.
commands.csv     What they asked of the telephone system here.
sign-ins.csv     When they signed in, and with which program.
acts.csv         What they did here that the audit log holds.

Callers are left out: whom a call was with is those people's own. Calls and states are those of the telephones, whoever
sat there. Without an account the last three have no rows. Times are on the clock {at.tzname()} of the centre.
"""
