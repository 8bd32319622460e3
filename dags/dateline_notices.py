"""Who is told when something is wrong, and of what: any of Airflow's notifiers, named in a setting.

`dateline_notifiers`, an Airflow Variable, or DATELINE_NOTIFIERS in the environment of the workers: a JSON list with
one object a notifier, its class and its arguments. Slack, mail and a webhook, each by an Airflow connection:

    [{"notifier": "airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier",
      "slack_webhook_conn_id": "newsroom", "text": "{{ message }}"},
     {"notifier": "airflow.providers.smtp.notifications.smtp.SmtpNotifier", "smtp_conn_id": "mail",
      "to": "desk@example.org", "subject": "Dateline: {{ subject }}", "html_content": "{{ message | e }}"},
     {"notifier": "airflow.providers.http.notifications.HttpNotifier", "http_conn_id": "hook",
      "json": {"text": "{{ message }}"}}]

The providers are Airflow's; that of mail comes with Dateline, the others are installed beside it. Without the
setting nobody is told.

What is told: each outlet that is not well once a day, again if it got worse, and once when it is well again, all of
a run in one message; and that `crawl` is late. Told is what went out: where a notifier fails, all of them are tried
again.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import Variable
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from dateline_command import DONE, DatelineCommand, fail, shortened

MOST_LINES = 40  # outlets in one message
SETTING = "dateline_notifiers or DATELINE_NOTIFIERS"

log = logging.getLogger(__name__)


class Notices(DatelineCommand):
    """Tells of the outlets that nobody was told of today, and notes that it has: `dateline alerts`."""

    def execute(self, context: Any) -> dict[str, int]:
        """How many outlets were told of, and by how many notifiers."""
        if not settings():
            raise AirflowSkipException(f"nobody is told: {SETTING} names no notifier")
        with tempfile.NamedTemporaryFile(prefix="dateline-alerts-") as file:
            self._alerts("--json", output=Path(file.name))
            found = json.loads(file.read())["alerts"]
            if not found:
                raise AirflowSkipException("nothing to tell")
            notifiers = tell(subject(found), message(found), context)
            self._alerts("--told", file.name)
        return {"told": len(found), "notifiers": notifiers}

    def _alerts(self, *arguments: str, output: Path | None = None) -> None:
        ended = self.dateline("alerts", *arguments, output=output)
        if ended.code != DONE:
            fail(ended)


def subject(alerts: Sequence[Mapping[str, Any]]) -> str:
    """One line: the outlet, or how many there are."""
    if len(alerts) == 1:
        return f"{alerts[0]['name']} is {_state(alerts[0])}"
    better = sum(alert["state"] == "well" for alert in alerts)
    counted = {"not well": len(alerts) - better, "well again": better}
    return "outlets: " + ", ".join(f"{count} {what}" for what, count in counted.items() if count)


def message(alerts: Sequence[Mapping[str, Any]]) -> str:
    """A line an outlet, the worst first; of very many the first ones."""
    lines = [
        f"{alert['name']} is {_state(alert)}" + (f": {shortened(alert['reason'])}" if alert["reason"] else "")
        for alert in alerts[:MOST_LINES]
    ]
    rest = len(alerts) - len(lines)
    return "\n".join([*lines, f"and {rest} more: dateline status"] if rest else lines)


def _state(alert: Mapping[str, Any]) -> str:
    return "well again" if alert["state"] == "well" else str(alert["state"])


def late(context: Mapping[str, Any] | None = None) -> None:
    """Tell that a run of `crawl` has missed its deadline; Airflow calls this."""
    run = (context or {}).get("dag_run") or {}
    name = run.get("dag_run_id") if isinstance(run, Mapping) else getattr(run, "run_id", None)
    message = f"crawl is late: its run {name or ''} is not through yet; outlets wait for their turn"
    log.warning(message)
    tell("crawl is late", message, dict(context or {}))


def tell(subject: str, message: str, context: Mapping[str, Any]) -> int:
    """Send a message by every notifier of the setting; to how many."""
    notifiers = settings()
    for setting in notifiers:
        arguments = {key: value for key, value in setting.items() if key != "notifier"}
        _class(str(setting["notifier"]))(**arguments)({**context, "subject": subject, "message": message})
    return len(notifiers)


def settings() -> list[dict[str, Any]]:
    """The notifiers of the setting; fails, and says why, where it is wrong."""
    said = Variable.get("dateline_notifiers", default=None) or os.environ.get("DATELINE_NOTIFIERS")
    try:
        found = json.loads(said) if said else []
    except ValueError as error:
        raise AirflowFailException(f"{SETTING} is no JSON: {error}") from error
    if not isinstance(found, list) or not all(
        isinstance(n, dict) and isinstance(n.get("notifier"), str) for n in found
    ):
        raise AirflowFailException(f'{SETTING}: write a list of objects, each with "notifier", the path of its class')
    return found


def _class(path: str) -> Any:
    from airflow.sdk.module_loading import import_string

    try:
        return import_string(path)
    except ImportError as error:
        raise AirflowFailException(f"{SETTING}: {path}: {error}; is its provider installed?") from error
