"""What can go wrong between us and Asterisk.

    AmiError
    ├── OurFault             our side asked for something that cannot or must not be sent
    │   ├── InvalidAction      a field that Asterisk would misread; nothing was sent
    │   └── NotConnected       no logged-in connection; nothing was sent
    └── AsteriskFault        the other side broke the protocol, refused or did not answer
        ├── OversizedPacket    bytes without end and without a packet
        ├── ActionRefused      answered `Response: Error`; the action was not done
        ├── LoginRefused       the user name, secret or address was not accepted
        ├── ActionTimedOut     no answer in time; it may have been done
        └── ConnectionLost     it could not be opened, or it broke; what was asked may have been done
    LineError                a line of queue_log, CEL or CDR that cannot be understood
    UnreadableRecording      a file that should be a recording or a log is none, or is damaged

Job: one place where every error of this folder is named, so that a caller can tell "not done" from "perhaps done":
`NotConnected`, `InvalidAction`, `ActionRefused` and `LoginRefused` mean not done; `ActionTimedOut` and `ConnectionLost`
mean nobody knows yet. It must not hold secrets: an error's text never repeats the value of a refused field.
"""


class AmiError(Exception):
    """Anything that went wrong on an AMI connection; always one of the two kinds below."""


class OurFault(AmiError):
    """Our side asked for something that cannot be sent; repeating it unchanged will not help."""


class AsteriskFault(AmiError):
    """The other side broke the protocol, refused, or did not answer."""


class InvalidAction(OurFault):
    """A field that Asterisk would misread. `field` names it; the value is not repeated, it may be a secret."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class NotConnected(OurFault):
    """There is no logged-in connection; the action was not sent."""


class OversizedPacket(AsteriskFault):
    """More bytes than any packet has, and still no packet end: not AMI, or a broken peer. Reconnect."""


class ActionRefused(AsteriskFault):
    """Asterisk answered `Response: Error`. `reason` is its `Message`, verbatim."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(f"Asterisk refused {action}: {reason}")
        self.action = action
        self.reason = reason


class LoginRefused(AsteriskFault):
    """Asterisk did not accept the login."""


class ActionTimedOut(AsteriskFault):
    """No answer within the deadline. Whether the action was done is not known; later events tell."""


class ConnectionLost(AsteriskFault):
    """The connection could not be opened, or broke. Whether what waited for an answer was done is not known."""


class LineError(ValueError):
    """A line of queue_log, CEL or CDR that cannot be understood. `line` is it, as read, without its newline."""

    def __init__(self, line: bytes, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class UnreadableRecording(Exception):
    """A file that should be a recording or a log is none, or is damaged. The text names the file and the place."""
