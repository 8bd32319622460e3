"""People who read all the while: how long the slowest of their queries took."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from pipelines.database import connect

READ = """
    select a.title, s.name, p.outcome
    from articles a join sources s on s.id = a.source_id join pages p on p.id = a.page_id
    order by a.published_at desc limit 5
"""


class Readers:
    """Sessions that query in a loop while the context lasts; what failed there is raised at its end."""

    def __init__(self, url: str, count: int = 2, query: str = READ) -> None:
        self.url, self.query = url, query
        self.slowest = 0.0  # seconds
        self.queries = 0
        self.errors: list[Exception] = []
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(count)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()
        if self.errors and kind is None:
            raise self.errors[0]

    def wait_for(self, queries: int, patience: float = 10) -> None:
        """Wait until so many have been answered; raises TimeoutError."""
        end = time.monotonic() + patience
        while self.queries < queries:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.queries} of {queries} queries were answered within {patience:g} s")
            time.sleep(0.02)

    def _read(self) -> None:
        connection = connect(self.url)
        try:
            while not self._done.wait(0.02):
                began = time.monotonic()
                with connection.cursor() as cursor:
                    cursor.execute(self.query)
                    cursor.fetchall()
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.queries += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            self.errors.append(error)
        finally:
            connection.close()
