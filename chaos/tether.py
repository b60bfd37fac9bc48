"""Runs a command that the kernel kills when its parent is gone: `tether.py USER COMMAND …`.

USER may be empty; else the command runs as that user, which takes root. A program of its own, since
a process with threads cannot safely do this between a fork and its command.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(user: str, command: list[str]) -> None:
    if user:
        become(pwd.getpwnam(user))
    # After the change of user, which would undo it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execvp(command[0], command)


def become(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
