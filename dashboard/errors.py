"""What can go wrong in the dashboard, as one small tree. Every text says what to do next.

DashboardError
├── SettingError        a setting is missing or wrong: the process does not start
├── ScriptError         a page's script imports or exports in a way that is not served
├── TokenMissing        the look's file lacks a value that a page or a chart needs
├── NotSignedIn         no user in this request: the guard was left out, a programming mistake
├── ReportsUnavailable  the published reports cannot be read now
└── NoSuchTable         what is to be written as a file is no table
"""


class DashboardError(Exception):
    """The root of all errors that the dashboard raises itself."""


class SettingError(DashboardError):
    """A setting is missing or malformed."""


class ScriptError(DashboardError):
    """A script of the pages cannot be served with what it imports. The text says which, and why."""


class TokenMissing(DashboardError):
    """A value of the look is not defined for a theme."""


class NotSignedIn(DashboardError):
    """A page was built outside a guarded request."""


class ReportsUnavailable(DashboardError):
    """The reports of this tenant cannot be read: not published yet, or the file does not open."""


class NoSuchTable(DashboardError):
    """What was sent to be written as a file is no table. The text says what is."""
