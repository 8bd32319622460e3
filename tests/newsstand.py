"""A small archive made up for the reader: six outlets with ten weeks behind them, stories in several scripts, one that
four outlets have and that was edited twice, a page in quarantine."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines import clusters, frontier, runs, store
from pipelines.database import Database
from pipelines.health import states
from pipelines.health.holding import Bounds
from pipelines.outlets import Outlet
from pipelines.records import Capture, Link, Removed, Witness
from pipelines.runs import Source
from pipelines.store import Visit
from pipelines.warc import Place
from tests import histories
from tests.pipelines.builders import STORY

WIRE = (
    "Engineers have begun to lift the Customs House swing bridge, which has been stuck half open for two months.\n"
    "A crane barge from Sallow Point took the weight of the northern leaf shortly after nine, and the worn bearing was"
    " drawn out before the tide turned, the harbour office said.\n"
    "“It came out like a cork,” said Nora Whitlow, who leads the work. “Putting the new one in will be slower.”\n"
    "The bridge carries about four thousand people a day. Until it closes again the rowing ferry crosses every quarter"
    " of an hour, free of charge."
)
EDITED = WIRE.replace("shortly after nine", "shortly after ten").replace("four thousand", "five thousand")
ARABIC = (
    "أعادت بلدية المرفأ الصغير فتح السوق القديم بعد عامين من أعمال الترميم.\n"
    "وقال رئيس البلدية إن أربعين متجراً فتحت أبوابها في اليوم الأول، وإن البقية ستلحق بها قبل نهاية الشهر.\n"
    "واستُعيدت الأقواس الحجرية بالحجر نفسه الذي بُنيت به أول مرة."
)
JAPANESE = (
    "港町の旋回橋が二か月ぶりに動いた。\n市の技術者は水曜日の朝、摩耗した軸受けを取り外し、新しい部品の据え付けを始めた。\n"
    "渡し船は橋が閉じるまで十五分おきに無料で運航する。"
)
GERMAN = (
    "Zwischen Norderhaven und Port Ellery verkehrt nach elf Jahren Pause wieder eine Fähre.\n"
    "Das Schiff „Wattläufer“ legte kurz nach sechs Uhr mit 212 Fahrgästen zur ersten Überfahrt ab.\n"
    "Die Fahrt dauert je nach Strömung zwischen sieben und acht Stunden."
)
CHEESE = (
    "The first forty wheels of cheese from the women’s dairy at Banj were sold out by a quarter to twelve.\n"
    "The dairy has begun to write down orders for a batch that will not be ripe for another five months."
)
HOSTILE = (
    "Fine words.\n</p><script>alert(1)</script><img src=x onerror=alert(2)>\n{{ 7 * 7 }} {% raw %} &amp; **not a mark**"
)


@dataclass(frozen=True)
class Told:
    """A story as an outlet published it, `hours` before the archive's now."""

    outlet: str
    path: str
    title: str
    text: str
    hours: float
    fields: dict[str, Any] = field(default_factory=dict)


def collapse(day: date, row: dict[str, object]) -> None:
    """The last three days bring next to nothing."""
    if day > datetime.now(UTC).date() - timedelta(days=4):
        row["stories"] = 1


def break_off(day: date, row: dict[str, object]) -> None:
    """Nothing at all for nine days, though it is crawled."""
    if day > datetime.now(UTC).date() - timedelta(days=9):
        row["stories"] = 0


OUTLETS = (
    histories.Outlet("the-harbour-courier", 14),
    histories.Outlet("valley-observer", 22, twist=collapse),
    histories.Outlet("norderhavener-bote", 9),
    histories.Outlet("minato-shimpo", 30),
    histories.Outlet("al-marfa", 6),
    histories.Outlet("sallow-gazette", 11, twist=break_off),
)
AGENCY = {"agency": "Reuters", "dateline_place": "PORT ELLERY", "language": "en"}
TOLD = (
    Told("the-harbour-courier", "bridge", "Swing bridge lifted for the first time in two months", WIRE, 5.5, {
        **AGENCY, "authors": ("Nora Whitlow",), "section": "Harbour", "tags": ("Swing bridge", "Harbour"),
        "removed": (Removed("(Reuters)", "credit"), Removed("PORT ELLERY —", "dateline")),
        "excerpt": "A crane barge took the weight; the worn bearing came out before the tide turned.",
    }),
    Told("valley-observer", "bridge", "Stuck bridge at Port Ellery comes off its bearing", WIRE, 4.2, AGENCY),
    Told("sallow-gazette", "bridge", "Swing bridge lifted, bearing drawn out", WIRE, 3.1, AGENCY),
    Told("norderhavener-bote", "bridge", "Swing bridge lifted for the first time in two months", WIRE, 1.3, AGENCY),
    Told("norderhavener-bote", "faehre", "Neue Fähre verbindet Norderhaven mit Port Ellery", GERMAN, 26, {
        "agency": "dpa", "dateline_place": "Norderhaven", "language": "de",
    }),
    Told("minato-shimpo", "hashi", "港の旋回橋、二か月ぶりに動く", JAPANESE, 7, {"language": "ja", "kind": "gallery"}),
    Told("al-marfa", "souq", "السوق القديم يفتح أبوابه من جديد", ARABIC, 9, {
        "language": "ar", "dateline_place": "المرفأ",
    }),
    Told("valley-observer", "cheese", "First wheels of hill cheese sell out before noon", CHEESE, 60, {
        "language": "en", "published_at": None, "published_precision": None, "published_origin": None,
        "quality_flags": ("undated",), "dateline_date": date(2026, 11, 20),
    }),
)  # fmt: skip


def fill(database: Database, told: Sequence[Told] = TOLD) -> None:
    """Write all of it: the outlets and their days, the stories, two edits, a story's cluster, the verdicts."""
    histories.write(database, OUTLETS, now().date(), 70)
    owners = listed(database)
    for name, owner in owners.items():
        write(database, owner, [one for one in told if one.outlet == name])
    edit(database, owners["the-harbour-courier"], TOLD[0], EDITED, "Swing bridge lifted, to close by the weekend")
    while clusters.assign_some(database):
        pass
    quarantine(database, owners["valley-observer"])
    states.refresh(database)


def now() -> datetime:
    """The archive's now: the real one, or nothing would be new."""
    return datetime.now(UTC)


def listed(database: Database) -> dict[str, Source]:
    """The outlets as a crawl knows them, by name."""
    entries = [Outlet.model_validate({"name": o.name, "url": f"https://{o.name}.example/"}) for o in OUTLETS]
    return {owner.outlet.name: owner for owner in runs.sync(database, entries)}


def write(database: Database, owner: Source, told: Sequence[Told]) -> None:
    """Store an outlet's stories, each seen a little after it was published, in a run that ends well."""
    run = runs.start(database, owner, uuid.uuid4(), "schedule")
    for one in told:
        address = f"https://{owner.outlet.name}.example/{one.path}"
        at = now() - timedelta(hours=one.hours)
        frontier.add(database, run, owner.id, [Link(address, title=one.title)])
        (page,) = frontier.lease(database, run, owner.id, 1)
        store.write(database, run, owner.id, visited(page, one, at + timedelta(minutes=20), at))
    runs.finish(database, owner, run, "done", None)


def visited(page: Any, told: Told, seen: datetime, at: datetime) -> Visit:
    """The visit that brings it."""
    dated = {
        "published_at": at.isoformat(timespec="minutes"),
        "published_precision": "minute",
        "published_origin": "json-ld",
        "date_witnesses": (
            Witness("json-ld", f"{at:%Y-%m-%dT%H:%MZ}"),
            Witness("feed", f"{at:%a, %d %b %Y %H:%M} GMT"),
        ),
    }
    facts = {"title": told.title, "text": told.text, "word_count": len(told.text.split()), "language": None}
    article = replace(STORY, **{"url": page.url, "canonical_url": page.url, **dated, **facts, **told.fields})
    capture = Capture(page.url, page.url, 200, (), told.text.encode(), seen)
    place = Place("20261125/dateline-20261125031000-desk.warc.gz", 4711, len(told.text))
    return Visit(page, "stored", capture=capture, place=place, article=article, status=200, received=len(told.text))


def edit(database: Database, owner: Source, told: Told, text: str, title: str) -> None:
    """Change its text, two hours ago, and then its headline."""
    run = runs.start(database, owner, uuid.uuid4(), "schedule")
    for edited, hours in ((replace(told, text=text), 2.0), (replace(told, text=text, title=title), 1.0)):
        with database.transaction() as cursor:
            cursor.execute("update pages set due_at = now() where url like %s", (f"%{owner.outlet.name}%/{told.path}",))
        (page,) = frontier.lease(database, run, owner.id, 1)
        seen, at = now() - timedelta(hours=hours), now() - timedelta(hours=told.hours)
        store.write(database, run, owner.id, visited(page, edited, seen, at))
    runs.finish(database, owner, run, "done", None)


def quarantine(database: Database, owner: Source) -> None:
    """A page that took its reader too long, and a story that is held back for being so short."""
    run = runs.start(database, owner, uuid.uuid4(), "schedule")
    pages = [Link(f"https://{owner.outlet.name}.example/{path}") for path in ("map", "brief")]
    frontier.add(database, run, owner.id, pages)
    slow, short = frontier.lease(database, run, owner.id, 2)
    failure = Visit(slow, "timeout", "took more than 2 s of a processor", failed=True, quarantine=True, again=False)
    store.write(database, run, owner.id, failure)
    brief = Told(owner.outlet.name, "brief", "Road closed", "The road over the pass is closed.", 1)
    held = replace(visited(short, brief, now(), now()), bounds=Bounds(shortest=120))
    store.write(database, run, owner.id, held)
    runs.finish(database, owner, run, "done", None)
