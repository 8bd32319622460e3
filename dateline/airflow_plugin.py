"""Airflow's plugin: a link to the reader in its menu, where DATELINE_READER_URL says where that is.

Every process of Airflow loads it, so it knows nothing else of Dateline.
"""

from __future__ import annotations

import os
from typing import Any

from airflow.plugins_manager import AirflowPlugin


def views(url: str | None) -> list[dict[str, Any]]:
    """The link, as Airflow wants it; without `url_route` it opens a page of its own, which no frame could show."""
    return [{"name": "Dateline", "href": f"{url.rstrip('/')}/", "destination": "nav"}] if url else []


class ReaderLink(AirflowPlugin):
    """What Airflow loads by the entry point `airflow.plugins`."""

    name = "dateline"
    external_views = views(os.environ.get("DATELINE_READER_URL"))
