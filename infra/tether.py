"""Ties a process to the one that starts it: run as a script, it arranges its own death and becomes the command given.

    python tether.py PARENT_PID DEATH_SIGNAL USER COMMAND [ARGUMENT…]        (USER may be empty)

Where the kernel can (Linux), COMMAND receives DEATH_SIGNAL when its parent dies, however it dies. The privileges of
root are dropped to USER first, because a change of user clears the request. This is a script, and not a `preexec_fn`,
because running Python between fork and exec is unsafe in a process that has threads. It imports nothing of the
project, so that it starts in 20 ms with `python -I -S`.

The kernel's notion of "parent" is the *thread* that started the process: start tethered processes from a thread that
lives as long as they should.
"""

import ctypes
import grp
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def drop_privileges(user: str) -> None:
    """Become `user` for good, with that user's main group and no other."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(grp.getgrgid(entry.pw_gid).gr_gid)
    os.setuid(entry.pw_uid)


def tie_to(parent: int, signal_number: int) -> None:
    """Ask for `signal_number` at the parent's death; end at once where the parent is already gone."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            sys.exit("tether: the parent is gone")


def main(arguments: list[str]) -> None:
    """Become the command, or end with exit code 1 and the reason."""
    parent, signal_number, user, *command = arguments
    if user:
        drop_privileges(user)
    tie_to(int(parent), int(signal_number))
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"tether: cannot run {command[0]}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
