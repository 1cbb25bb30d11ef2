"""The errors of the language.

CallsError
├── BadRecord         bytes on a topic or in the log are not a record of ours
├── BadEvent          a packet or line of the PBX lacks what its kind must have
├── BadSettings       a settings file does not say what it should
├── BadTime           a text is no date or time, or a time zone does not exist
└── NoCaller          a number is none that a person can be found and forgotten by
"""


class CallsError(Exception):
    """The base; never raised itself."""


class BadRecord(CallsError):
    """Bytes on a topic or in the log are not a record."""


class BadEvent(CallsError):
    """A packet or line lacks what its kind must have, or holds nonsense. The text names the field."""


class BadSettings(CallsError):
    """A settings file is wrong. The text names the file's path in it and what was expected."""


class BadTime(CallsError):
    """A text is no date or time, or there is no such time zone. The text says what to write."""


class NoCaller(CallsError):
    """A number is none that a person can be found and forgotten by. The text says why, without the number."""
