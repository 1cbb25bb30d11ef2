"""The errors of the language.

CallsError
├── BadRecord         bytes on a topic or in the log are not a record of ours
├── BadEvent          a packet or line of the PBX lacks what its kind must have
└── BadSettings       a settings file does not say what it should
"""


class CallsError(Exception):
    """The base; never raised itself."""


class BadRecord(CallsError):
    """Bytes on a topic or in the log are not a record."""


class BadEvent(CallsError):
    """A packet or line lacks what its kind must have, or holds nonsense. The text names the field."""


class BadSettings(CallsError):
    """A settings file is wrong. The text names the file's path in it and what was expected."""
