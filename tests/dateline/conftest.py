"""The mark of tests that run a real Airflow: `pytest -m "not airflow"` leaves them out."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "airflow: runs a real Airflow, for a minute or two")
