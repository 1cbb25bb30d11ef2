"""Why a part of the installation could not be brought up, and what to do about it.

    InfraError                 every failure here; `str()` gives the problem and, on a second line, what to do next
    ├── FetchError             a file from outside could not be had, or is not the file that was locked
    ├── InUseError             a folder or a port is somebody else's
    ├── StartError             a server ended, or did not answer in time
    ├── MigrationError         the database's schema and the migration files do not go together
    └── SettingError           a value given by the user makes no sense

The errors carry no secrets: they are shown on the terminal and written to logs.
"""


class InfraError(Exception):
    """A part is not available. `problem` says what happened, `advice` what the reader can do next."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem}\n  → {advice}")
        self.problem = problem
        self.advice = advice


class FetchError(InfraError):
    """A file from outside could not be fetched, or its content is not what was locked."""


class InUseError(InfraError):
    """A folder or a port belongs to another process."""


class StartError(InfraError):
    """A process ended before it was ready, or was not ready in time."""


class MigrationError(InfraError):
    """The migration files and the database's record of them disagree, or one of them failed."""


class SettingError(InfraError):
    """An option or a TRUNKLINE_ variable has a value that cannot be used."""
