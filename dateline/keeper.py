"""Holds the embedded Postgres for another process: when that is killed, the server stops instead of staying behind.

`python -m dateline.keeper PARENT` holds it until PARENT, who must have started it, is gone, or until SIGTERM. When
the server has died it says so and ends: starting it again starts the server. It keeps the server's log from growing.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Event

from dateline.postgres import Server, database
from dateline.settings import Settings
from dateline.supervisor import LARGEST_LOG, rotate
from pipelines.database import DatabaseGone, connect

LOOK = 5  # seconds between two looks at the server; at the parent it looks every second


def main(parent: int) -> None:
    """Hold the server."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings.from_environment()
    with database(settings) as url:
        log = Server(settings.home).log
        seconds = 0
        while os.getppid() == parent and not stop.wait(1):
            seconds += 1
            if seconds % LOOK == 0:
                look(url)
                rotate(log, LARGEST_LOG)


def look(url: str) -> None:
    """End this process when nobody answers."""
    try:
        connect(url).close()
    except DatabaseGone as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(int(sys.argv[1]))
