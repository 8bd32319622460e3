"""What captures read again would change, or have changed: the report of `dateline reextract`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from dateline.asking import print_first
from pipelines import replay
from pipelines.held import Held, Was
from pipelines.records import Article

SAMPLES = 3  # of each field
SHORT = 80  # characters of a sample
NAMED = 20  # pages of a list that are printed; JSON has them all
LISTS = {
    "no_longer_stories": "would no longer be stories; they stay as they are",
    "now_readable": "were in quarantine and can be read",
    "now_stories": "were taken for no stories and are some",
    "still_unreadable": "stay in quarantine",
    "unreadable": "cannot be read by this extractor; they stay as they are",
    "lost": "have no capture that could be read; they stay as they are",
    "refused": "could not be written",
}
NOW: dict[Was, str] = {"quarantined": "now_readable", "no_story": "now_stories"}  # the list of those that have a story


@dataclass
class Report:
    """What came of it, as `--json` prints it. Each page of a list has `url` and `detail`, an article its `article`."""

    extractor: str
    applied: bool
    read: int = 0  # captures
    changed: int = 0  # articles with a field that differs
    without_capture: int = 0  # articles of which none is kept
    still_no_stories: int = 0  # pages that were none; of a site most are lists and will ever be
    outcomes: Counter[str] = field(default_factory=Counter)  # of what was written
    fields: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    interrupted: bool = False

    def add(self, name: str, held: Held, detail: str) -> None:
        """Name a page in one of the lists."""
        key = {"article": held.id} if held.was == "article" else {}
        self.lists[name].append(key | {"url": held.page.url, "detail": detail})

    def story(self, held: Held, article: Article) -> None:
        """Count the fields in which an article differs; name a page that had none."""
        if held.was != "article":
            self.add(NOW[held.was], held, article.title)
            return
        found = replay.differences(held, article)
        self.changed += bool(found)
        self.fields.update(list(found))
        for name, (old, new) in found.items():
            samples = self.samples.setdefault(name, [])
            if len(samples) < SAMPLES:
                samples.append({"article": held.id} | _sample(old, new))

    def no_story(self, held: Held, detail: str, *, readable: bool) -> None:
        """Name a page in which none was found, or nothing could be read; count one that never had any."""
        if held.was == "quarantined":
            self.add("still_unreadable", held, detail)
        elif not readable:
            self.add("unreadable", held, detail)
        elif held.was == "article":
            self.add("no_longer_stories", held, detail)
        else:
            self.still_no_stories += 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing was to be read again."""
        return not self.read and not any(self.lists.values())

    def as_json(self) -> dict[str, Any]:
        """The report as one object."""
        names = ("extractor", "applied", "read", "changed", "without_capture", "still_no_stories", "interrupted")
        fields = {name: {"count": count, "samples": self.samples[name]} for name, count in self.fields.most_common()}
        return {k: getattr(self, k) for k in names} | {"outcomes": dict(self.outcomes), "fields": fields} | self.lists

    def print(self) -> None:
        """Print it for a person; what is left to do, on standard error."""
        verb = "changed" if self.applied else "would change"
        print(f"{self.read} captures read by {self.extractor}; {self.changed} articles {verb}")
        for name, count in self.fields.most_common():
            print(f"{name:>20}  {count}")
            for sample in self.samples[name]:
                print(f"{'':>20}  {sample['article']}: {sample['old'] or '∅'} -> {sample['new'] or '∅'}")
        for name, meaning in LISTS.items():
            _print_list(self.lists[name], meaning)
        if self.without_capture:
            print(f"{self.without_capture} articles stay as they are: no capture of them is kept")
        if self.still_no_stories:
            print(f"{self.still_no_stories} pages are still no stories")
        if self.applied:
            print("written: " + (", ".join(f"{count} {name}" for name, count in self.outcomes.items()) or "nothing"))
        elif self.changed or any(self.lists[name] for name in NOW.values()):
            print("nothing was written: run it again with --apply", file=sys.stderr)


def _print_list(found: list[dict[str, Any]], meaning: str) -> None:
    if found:
        print(f"{len(found)} {meaning}:")
    print_first([f"  {page['url']}: {page['detail']}" for page in found], NAMED)


def _sample(old: Any, new: Any) -> dict[str, str]:
    """Old and new value on one line each, from a little before the first difference."""
    one, other = _line(old), _line(new)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = max(0, same - SHORT // 4)
    return {"old": _cut(one, start), "new": _cut(other, start)}


def _line(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def _cut(said: str, start: int) -> str:
    part = said[start : start + SHORT]
    return ("…" if start else "") + part + ("…" if start + SHORT < len(said) else "")
