"""Who is told when something is wrong: the setting, and a message that goes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType

import pytest

Load = Callable[[str], ModuleType]
Setting = Callable[[object], None]


class Desk:
    """Takes what the notifiers of this file are given."""

    heard: list[tuple[str, str]] = []


@pytest.fixture
def setting(load: Load, monkeypatch: pytest.MonkeyPatch) -> Setting:
    """Write the setting; `Recorder` in this file is a notifier, as Airflow has them."""
    base = load("airflow.sdk.bases.notifier").BaseNotifier

    class Recorder(base):  # type: ignore[misc, valid-type]
        """Keeps what it is to send."""

        template_fields = ("to", "text")

        def __init__(self, to: str, text: str) -> None:
            super().__init__()
            self.to, self.text = to, text

        def notify(self, context: object) -> None:  # noqa: ARG002
            Desk.heard.append((self.to, self.text))

    monkeypatch.setattr(Desk, "heard", [])
    monkeypatch.setitem(globals(), "Recorder", Recorder)
    return lambda said: monkeypatch.setenv("DATELINE_NOTIFIERS", said if isinstance(said, str) else json.dumps(said))


def test_a_message_goes_to_every_notifier(notices: ModuleType, setting: Setting) -> None:
    setting([{"notifier": f"{__name__}.Recorder", "to": to, "text": "{{ subject }}: {{ message }}"} for to in "ab"])
    assert notices.tell("the-courier", "answers 500", {}) == 2
    assert Desk.heard == [("a", "the-courier: answers 500"), ("b", "the-courier: answers 500")]


def test_without_a_setting_nobody_is_told(notices: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_NOTIFIERS", raising=False)
    assert notices.tell("the-courier", "answers 500", {}) == 0


def test_a_late_crawl_is_told(notices: ModuleType, setting: Setting) -> None:
    setting([{"notifier": f"{__name__}.Recorder", "to": "a", "text": "{{ message }}"}])
    notices.late(context={"dag_run": {"dag_run_id": "scheduled__1"}})
    assert Desk.heard == [("a", "crawl is late: its run scheduled__1 is not through yet; outlets wait for their turn")]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("{", "is no JSON"),
        ('{"notifier": "a.b"}', "write a list of objects"),
        ("[7]", "write a list of objects"),
        ('[{"to": "a"}]', "write a list of objects"),
        ('[{"notifier": "no.such.Class"}]', "no.such.Class: .*is its provider installed"),
    ],
)
def test_a_bad_setting_is_named(notices: ModuleType, setting: Setting, said: str, says: str) -> None:
    setting(said)
    with pytest.raises(notices.AirflowFailException, match=f"DATELINE_NOTIFIERS.*{says}"):
        notices.tell("a", "b", {})
