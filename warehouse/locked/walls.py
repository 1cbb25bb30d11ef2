"""What the operating system is told to refuse this process for the rest of its life. Nothing here knows of SQL.

Two steps, because a process may leave namespaces only while it has one thread, and must have read its file before it
leaves the file system: `leave_network()` first of all, `shut()` once everything that is needed is open. Each says which
walls stand. Those of limits always do; those that take a right which a container may not give are named only if they
do: Linux gives its users namespaces of their own, Docker's and Kubernetes' default profiles do not.
"""

import ctypes
import os
import resource

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SIGKILL = 9
LINUX_CAPABILITY_VERSION_3 = 0x20080522
# A folder in which there is nothing but the numbers of this process's own files.
NOWHERE = "/proc/self/fdinfo"
# Of no user: what 65534 may read, everybody may.
NOBODY = 65534

_libc = ctypes.CDLL(None)


def leave_network() -> list[str]:
    """Die with the parent, gain no rights, and leave the network where that is allowed. Only with a single thread."""
    _tell("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    _tell("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Root needs no user namespace for it.
    spaces = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return ["network"] if _tell("unshare", spaces) else []


def shut(memory: int, seconds: int) -> list[str]:
    """From here on no file can be opened or written, no process begun; beyond memory or CPU time (s) it is ended."""
    standing = [*_leave_file_system(), *_become_nobody()]
    _tell("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)
    limits = {
        # The next file, socket or pipe would get this number.
        resource.RLIMIT_NOFILE: _free_number(),
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    return [*standing, "files", "processes", "memory", "cpu"]


def _leave_file_system() -> list[str]:
    try:
        os.chroot(NOWHERE)
        os.chdir("/")
    except OSError:
        return []
    return ["root"]


def _become_nobody() -> list[str]:
    """Root becomes nobody, who has no rights; others only lose those that they had in their own namespace."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    return ["rights"] if _tell("capset", header, (ctypes.c_uint32 * 6)()) else []


def _free_number() -> int:
    """The number that the next file would get."""
    number = os.dup(0)
    os.close(number)
    return number


def _tell(call: str, *values: object) -> bool:
    """Whether the system has such a call, and does it."""
    function = getattr(_libc, call, None)
    return function is not None and function(*values) == 0
