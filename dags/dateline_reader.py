"""Where the reader shows what is stored: DATELINE_READER_URL in Airflow's environment. Unset, nothing links there."""

from __future__ import annotations

import os
from urllib.parse import quote


def documented(doc: str) -> str:
    """The documentation of a DAG, with a link to the reader where there is one."""
    url = address()
    return f"{doc}\n[What is stored]({url}/), [how the outlets are]({url}/outlets).\n" if url else doc


def outlet_page(name: str) -> str | None:
    """The reader's page of an outlet."""
    url = address()
    return f"{url}/outlets/{quote(name, safe='')}" if url else None


def address() -> str:
    """Of the reader, without a slash at its end; empty where there is none."""
    return os.environ.get("DATELINE_READER_URL", "").rstrip("/")
