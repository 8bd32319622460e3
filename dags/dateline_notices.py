"""Who is told when something is wrong: any of Airflow's notifiers, named in a setting.

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
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

from airflow.sdk import Variable
from airflow.sdk.exceptions import AirflowFailException

SETTING = "dateline_notifiers or DATELINE_NOTIFIERS"

log = logging.getLogger(__name__)


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
