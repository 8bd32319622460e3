"""Crawl an outlet that edits its stories again and again: is every edit a revision of its kind, and nothing else one?

    python -m tests.proofs.revisions [--articles 20] [--crawls 6]

At every crawl each page shows other advertisements in other places, another list of related stories, another date bar,
other counters and another time of its last update. Some have a newsroom's edit besides: a word, a sentence more, a
sentence less, a comma, other quotes, another headline, or what they said before. At a last crawl the extractor is
another one, and nothing is edited. Printed: what was done, and what was found. Exit 0 when they are equal, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database, DatabaseError
from pipelines.migrating import migrate
from tests.commands import DATELINE
from tests.documents import Entry, article_html, prose
from tests.proofs.kill_loop import reachable
from tests.site import Site

FEED = "/feed.xml"
ADVERTISEMENTS = ("Sofas at half the price", "A loan in five minutes", "Ten boats you must see", "Fly to the sun today")


@dataclass(frozen=True, slots=True)
class State:
    """What a story says."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(slots=True)
class Story:
    """A story with all its states, the newest last, and the kinds of its edits."""

    path: str
    states: list[State]
    edits: list[str] = field(default_factory=list)


Edit = Callable[[Story, random.Random], State]


def word(story: Story, choose: random.Random) -> State:
    """Another number in the first paragraph."""
    now = story.states[-1]
    first = re.sub(r"^\w+", f"Some {choose.randint(1000, 9999)} times the", now.paragraphs[0], count=1)
    return replace(now, paragraphs=(first, *now.paragraphs[1:]))


def more(story: Story, choose: random.Random) -> State:
    """One paragraph more."""
    now = story.states[-1]
    return replace(now, paragraphs=(*now.paragraphs, prose(choose.randint(0, 10**6), 1)[0]))


def less(story: Story, _: random.Random) -> State:
    """Without the second paragraph."""
    now = story.states[-1]
    return replace(now, paragraphs=(now.paragraphs[0], *now.paragraphs[2:]))


def comma(story: Story, _: random.Random) -> State:
    """A comma moved, after the third word of the last paragraph or away from it."""
    now = story.states[-1]
    words = now.paragraphs[-1].split(" ")
    words[2] = words[2].removesuffix(",") if words[2].endswith(",") else f"{words[2]},"
    return replace(now, paragraphs=(*now.paragraphs[:-1], " ".join(words)))


def quotes(story: Story, _: random.Random) -> State:
    """Curly quotes for straight ones, or the other way round; a semicolon where there are none."""
    now = story.states[-1]
    said = now.paragraphs[0]
    swapped = said.translate(str.maketrans('“”"', '""“'))
    return replace(now, paragraphs=(swapped if swapped != said else f"{said};", *now.paragraphs[1:]))


def headline(story: Story, choose: random.Random) -> State:
    """Another headline."""
    return replace(
        story.states[-1], title=f"The harbour in the year {choose.randint(1000, 9999)}, as the council saw it"
    )


def revert(story: Story, _: random.Random) -> State:
    """What it said before its last edit, where there was one."""
    return story.states[-2] if len(story.states) > 1 else story.states[-1]


def nothing(story: Story, _: random.Random) -> State:
    """No edit at all."""
    return story.states[-1]


EDITS: tuple[Edit, ...] = (word, comma, nothing, headline, revert, more, quotes, nothing, less, revert)


def kind(old: State, new: State) -> str | None:
    """What the change is, told apart from the code that is proved: by letters and digits alone."""
    if old == new:
        return None
    if _bare(" ".join(old.paragraphs)) != _bare(" ".join(new.paragraphs)):
        return "substantive"
    return "title" if _bare(old.title) != _bare(new.title) else "minor"


def _bare(said: str) -> str:
    return re.sub(r"\W+", " ", said.lower()).strip()


def edit(story: Story, number: int, crawl: int) -> str:
    """Edit a story, or not; the name of what was done."""
    done = EDITS[(number + 3 * crawl) % len(EDITS)]
    new = done(story, random.Random(f"{number} {crawl}"))
    if change := kind(story.states[-1], new):
        story.states.append(new)
        story.edits.append(change)
    return done.__name__


def page(story: Story, crawl: int) -> str:
    """The page as it is served at that crawl: the story, among what is never twice the same."""
    choose, now = random.Random(f"{story.path} {crawl}"), story.states[-1]
    others = [choose.randint(0, 10**6) for _ in range(4)]
    related = {f"/news/another-story-{n}.html": prose(n, 1, 1)[0] for n in others}
    bar = f"Tuesday, {choose.randint(1, 28)} November 2026, {choose.randint(10, 23)}:{choose.randint(10, 59)}"
    html = article_html(now.title, now.paragraphs, published="2026-11-02T08:00:00Z", date_bar=bar, related=related)
    clock = f"{choose.randint(10, 23)}:{choose.randint(10, 59)}"
    counters = f"<div class='share'>{choose.randint(2, 999)} shares · {choose.randint(2, 99)} comments</div>"
    html = html.replace("</h1>", f"</h1><p class='updated'>Updated: {clock}</p>{counters}", 1)
    parts = html.split("</p><p>")
    where = choose.randrange(1, len(parts))
    ad = (
        f"</p><div class='advertisement'><p>Advertisement</p><a href='/ad'>{choose.choice(ADVERTISEMENTS)}</a></div><p>"
    )
    return "</p><p>".join(parts[:where]) + ad + "</p><p>".join(parts[where:])


def rounds(site: Site, stories: list[Story], crawls: int, environment: dict[str, str], database: Database) -> None:
    """Serve, crawl and edit, so many times; then once more as after an update of the extractor."""
    site.rss(FEED, [Entry(story.path, story.states[0].title) for story in stories])
    for number in range(crawls):
        done = Counter(edit(s, n, number) for n, s in enumerate(stories)) if number else Counter[str]()
        crawl(site, stories, number, environment, database)
        print(
            f"crawl {number + 1}:", ", ".join(f"{n} {name}" for name, n in sorted(done.items())) or "first", flush=True
        )
    with database.transaction() as cursor:
        cursor.execute(OTHER_EXTRACTOR)
    for story in stories:
        story.edits.append("extractor")
    crawl(site, stories, crawls, environment, database)
    print(f"crawl {crawls + 1}: no edit, and another extractor", flush=True)


# As if an extractor that took the menu for the story's first line had read what is in the archive.
OTHER_EXTRACTOR = r"update articles set text = E'Menu Search Log in\n' || text, extractor = 'dateline 1'"


def crawl(site: Site, stories: list[Story], number: int, environment: dict[str, str], database: Database) -> None:
    """Serve the stories as they are now, and crawl all of them with the real command."""
    for story in stories:
        site.page(story.path, page(story, number))
    with database.transaction() as cursor:
        cursor.execute("update pages set due_at = now()")
    command = [DATELINE, "crawl", "--all", "--allow-private", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"proof: the crawl ended with {done.returncode}: {done.stderr}")


def found(database: Database) -> dict[str, list[str]]:
    """The kinds of the newsroom's revisions of each article by its URL; the extractor's under its own name."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            select a.url, array_remove(array_agg(case when r.made_by = 'newsroom' then r.change else r.made_by end
                order by r.number), null) as changes
            from articles a left join revisions r on r.article_id = a.id group by a.url
            """
        )
        return {row.url: row.changes for row in cursor}


def compare(site: Site, stories: list[Story], database: Database) -> int:
    """Print what was done beside what was found; how many stories differ."""
    by_url = found(database)
    wrong = [s for s in stories if by_url.get(site.at(s.path)) != s.edits]
    done, seen = Counter(e for s in stories for e in s.edits), Counter(e for found in by_url.values() for e in found)
    for name in ("substantive", "title", "minor", "extractor"):
        print(f"{name:>12}  {done[name]:>4} done  {seen[name]:>4} found")
    for story in wrong:
        print(f"{story.path}: {story.edits} done, {by_url.get(site.at(story.path))} found")
    print(f"{len(stories)} stories, {len(stories) - len(wrong)} right")
    return len(wrong)


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=20)
    cli.add_argument("--crawls", type=int, default=6)
    options = cli.parse_args()
    stories = [
        Story(f"/news/a-story-of-the-harbour-{n}.html", [State(f"The harbour, part {n} of many", tuple(prose(n, 6)))])
        for n in range(options.articles)
    ]
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home", fsync="off").running() as server,
        Site() as site,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        sources = folder / "sources.toml"
        entry = {"name": "the-harbour", "url": site.url, "delay": 0, "feeds": [site.at(FEED)], "discover": ["feed"]}
        sources.write_text("[[source]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in entry.items()))
        environment = os.environ | {
            "DATELINE_HOME": str(folder / "state"), "DATELINE_SOURCES": str(sources),
            "DATELINE_DATABASE_URL": server.url("dateline"),
        }  # fmt: skip
        with Database(server.url("dateline"), 1) as database:
            rounds(site, stories, options.crawls, environment, database)
            return int(compare(site, stories, database) > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
