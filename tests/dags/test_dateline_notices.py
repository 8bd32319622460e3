"""Who is told when something is wrong: the setting, and a message that goes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

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


ALERTS = [
    {"name": "the-herald", "state": "failing", "reason": "3 crawls in a row failed", "since": None, "was": None},
    {"name": "the-courier", "state": "well", "reason": None, "since": None, "was": "degraded"},
]
# Stands for `dateline`: lists these alerts until they were told, and keeps what it was told of.
PLAYED = f"""
if "--told" in arguments:
    open("told", "w").write(open(arguments[2]).read())
else:
    print(json.dumps({{"alerts": [] if os.path.exists("told") else {ALERTS!r}}}))
"""


def recorder(text: str = "{{ subject }}|{{ message }}") -> list[dict[str, str]]:
    return [{"notifier": f"{__name__}.Recorder", "to": "desk", "text": text}]


def test_outlets_are_told_of_and_noted(
    notices: ModuleType, setting: Setting, played: Callable[[str], Path], context: dict[str, Any]
) -> None:
    setting(recorder())
    folder = played(PLAYED)
    task = notices.Notices(task_id="notices")
    assert task.execute(context) == {"told": 2, "notifiers": 1}
    said = "the-herald is failing: 3 crawls in a row failed\nthe-courier is well again"
    assert Desk.heard == [("desk", f"outlets: 1 not well, 1 well again|{said}")]
    assert json.loads((folder / "told").read_text())["alerts"] == ALERTS
    with pytest.raises(notices.AirflowSkipException, match="nothing to tell"):
        task.execute(context)
    assert len(Desk.heard) == 1


def test_what_did_not_go_out_is_not_noted(
    notices: ModuleType, setting: Setting, played: Callable[[str], Path], context: dict[str, Any]
) -> None:
    setting(recorder("{{ nothing.of.that.name }}"))
    folder = played(PLAYED)
    with pytest.raises(Exception, match="nothing"):
        notices.Notices(task_id="notices").execute(context)
    assert not (folder / "told").exists()


def test_without_a_setting_nothing_is_noted(
    notices: ModuleType, monkeypatch: pytest.MonkeyPatch, played: Callable[[str], Path], context: dict[str, Any]
) -> None:
    monkeypatch.delenv("DATELINE_NOTIFIERS", raising=False)
    folder = played(PLAYED)
    with pytest.raises(notices.AirflowSkipException, match="nobody is told"):
        notices.Notices(task_id="notices").execute(context)
    assert not (folder / "told").exists()


def test_an_archive_that_is_away_is_red(
    notices: ModuleType, command: ModuleType, setting: Setting, played: Callable[[str], Path], context: dict[str, Any]
) -> None:
    setting(recorder())
    played("print('dateline: no server', file=sys.stderr); sys.exit(4)")
    with pytest.raises(command.AirflowException, match="no database"):
        notices.Notices(task_id="notices").execute(context)


def test_a_message_has_a_bound(notices: ModuleType) -> None:
    many = [{**ALERTS[0], "name": f"outlet-{n}"} for n in range(300)]
    lines = notices.message(many).splitlines()
    assert len(lines) == 41 and lines[-1] == "and 260 more: dateline status"
    assert notices.subject(many) == "outlets: 300 not well"
    assert notices.subject(many[:1]) == "outlet-0 is failing"
