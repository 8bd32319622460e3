"""Airflow's REST interface, as far as we ask it: health, DAGs, runs, pools and files that do not load."""

from __future__ import annotations

import http.client
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

TIMEOUT = 10.0  # seconds an answer may take; Airflow is slow while it starts


class NoAnswer(Exception):
    """Airflow does not answer, or answers with an error; the message is one line."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Rest:
    """A client of the Airflow on this machine. Not by way of a proxy, whatever the environment says."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._port = port
        self._login = {"username": user, "password": password}
        self._token: str | None = None

    def is_up(self) -> bool:
        """Whether the web server answers and reaches its database."""
        try:
            health = self._ask("GET", "/api/v2/monitor/health")
        except NoAnswer:
            return False
        return bool(health["metadatabase"]["status"] == "healthy")

    def make_pool(self, name: str, slots: int, description: str) -> None:
        """Make the pool unless there is one of that name: its size is the user's to change."""
        try:
            self.post("/api/v2/pools", {"name": name, "slots": slots, "description": description})
        except NoAnswer as error:
            if error.status != http.client.CONFLICT:
                raise

    def broken_files(self, since: datetime) -> dict[str, str]:
        """DAG files that did not load since then, each with the last line of its error. Nothing else shows them."""
        found = self.get("/api/v2/importErrors", limit=20)["import_errors"]
        return {
            e["filename"]: (e["stack_trace"].strip().splitlines() or ["no reason given"])[-1]
            for e in found
            if datetime.fromisoformat(e["timestamp"]) > since
        }

    def dag(self, name: str) -> dict[str, Any] | None:
        """A DAG, or None while Airflow does not know it."""
        try:
            return dict(self.get(f"/api/v2/dags/{name}"))
        except NoAnswer as error:
            if error.status == http.client.NOT_FOUND:
                return None
            raise

    def newest_run(self, dag: str) -> dict[str, Any] | None:
        """The newest run of a DAG."""
        runs = self.get(f"/api/v2/dags/{dag}/dagRuns", order_by="-run_after", limit=1)["dag_runs"]
        return dict(runs[0]) if runs else None

    def get(self, path: str, **query: object) -> Any:
        """The answer to a GET."""
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path, token=self._logged_in())

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer to a POST."""
        return self._ask("POST", path, body, token=self._logged_in())

    def _logged_in(self) -> str:
        if self._token is None:
            self._token = str(self._ask("POST", "/auth/token", self._login)["access_token"])
        return self._token

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status >= 400:
                raise NoAnswer(f"Airflow answers {answer.status} to {method} {path}: {said[:200]!r}", answer.status)
            return json.loads(said)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(f"Airflow does not answer {method} {path}: {error or type(error).__name__}") from error
        finally:
            connection.close()
