"""Runs a Python module in a process that dies with the process that started it, and so do all that it forks.

Airflow's scheduler forks workers, those fork tasks, and a killed scheduler leaves them behind. Linux can send a
signal to a process whose parent dies, but a fork does not inherit that wish: here every fork renews it. Elsewhere
this does nothing, and only an orderly stop reaches all processes.
"""

from __future__ import annotations

import ctypes
import gc
import os
import runpy
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1


def command(module: str, *arguments: str) -> list[str]:
    """Command line that runs `python -m module` as a follower of this process. Start it from the main thread:
    the kernel takes the end of the thread that forks for the end of the parent."""
    return [sys.executable, "-P", "-m", "dateline.follow", str(os.getpid()), module, *arguments]


def follow(parent: int, signal_number: int = signal.SIGKILL) -> None:
    """Die by that signal when `parent`, who must be our parent, dies; at once if that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            os._exit(1)


def forks_follow() -> None:
    """From now on every process that the main thread forks follows this one."""
    parents: list[int] = []

    def before() -> None:
        # A fork of another thread would die when that thread ends, long before the process does.
        parents[:] = [os.getpid()] if threading.current_thread() is threading.main_thread() else []

    def in_child() -> None:
        if parents:
            follow(parents[0])

    os.register_at_fork(before=before, after_in_child=in_child)


def localhost() -> str:
    """What Airflow takes for this machine's name (its setting `hostname_callable`): it needs no name server."""
    return "localhost"


def main() -> None:
    """`python -m dateline.follow PARENT MODULE ARGUMENT…`"""
    parent, module, *arguments = sys.argv[1:]
    follow(int(parent))
    forks_follow()
    # Airflow imports millions of objects that stay: looking through them for garbage is a fifth of its start.
    gc.set_threshold(100_000, 50, 100)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
