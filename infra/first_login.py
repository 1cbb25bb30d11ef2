"""The first user's password: the one the user chose, else a made-up one left in a file that only its owner can read."""

from pathlib import Path

from infra.kept import write_private
from infra.passwords import Passwords
from infra.settings import UpSettings

USER = "admin"


def leave_note(settings: UpSettings, passwords: Passwords) -> Path | None:
    """The file with the first user's password; None when the user chose one, or has removed the file after reading it.

    It is written once, when the password is made up.
    """
    path = settings.data / "first-login.txt"
    if settings.optional("ADMIN_PASSWORD", ""):
        return None
    if not passwords.has(USER):
        text = (
            f"Address:  {settings.page_url}\nUser:     {USER}\nPassword: {passwords.get(USER)}\n\n"
            "Keep the password somewhere safe, then remove this file.\n"
        )
        write_private(path, text)
    return path if path.exists() else None
