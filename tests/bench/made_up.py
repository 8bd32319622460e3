"""An archive made up to measure on: articles of made-up words as outlets publish them, in rows of every table.

Words are drawn so that the n-th is met 1/n as often as the first, as in a language; half of the articles are English.
240 outlets of unlike size publish more on weekdays than at weekends and more each year, for three years. Some articles
credit an agency, some go on to other outlets within two days, some are revised or taken away, some have no date, some
were old when they were found. The same number of articles gives the same archive, but for the day that it ends on.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import random
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pipelines.database import connect

LANGUAGES = ("en", "en", "en", "en", "en", "en", "en", "de", "fr", "es", "ru", "pl", "ja", "zh")
UNSPACED = ("ja", "zh")
WORDS = 20_000  # of a language
DAYS = 3 * 365
OUTLETS = 240
CHUNK = 2_000  # articles a transaction
AGENCIES = ("Reuters", "AP", "AFP", "dpa", "EFE", "IANS", "Xinhua", "Kyodo")
FLAGS = ("too_short", "truncated", "paywalled_stub", "date_is_visit_day", "duplicated_text")
KINDS = ("article",) * 95 + ("live", "live", "gallery", "gallery", "video")
SECTIONS = ("politics", "business", "world", "sport", "culture", "science", "local")
RHYTHM = (1.0, 1.05, 1.05, 1.0, 0.95, 0.6, 0.55)  # articles a weekday, Monday first
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What one article says, and the story that it shares with others: the number of the first of them."""

    title: str
    body: str
    agency: str | None
    story: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How many articles there are, and when the last of them was found."""

    articles: int
    end: datetime

    def found_at(self, number: int, chance: random.Random) -> datetime:
        """When an article was first seen: numbers run with the days."""
        day = bisect_right(_calendar(self), number)
        return self.end - timedelta(days=DAYS - day, seconds=-chance.triangular(0, 86_400, 36_000))

    def day(self, moment: datetime) -> int:
        """Which day of the three years that is."""
        return DAYS - (self.end - moment).days


@cache
def _calendar(plan: Plan) -> list[float]:
    """How many articles there are by the end of each day."""
    days = [plan.end - timedelta(days=DAYS - n) for n in range(DAYS)]
    weights = [RHYTHM[day.weekday()] * (1 + n / DAYS / 2) for n, day in enumerate(days)]
    return [done * plan.articles / sum(weights) for done in itertools.accumulate(weights)]


@cache
def vocabulary(language: str) -> list[str]:
    """The words of a language, commonest first: their number in letters. Of Japanese and Chinese, two characters."""
    if language in UNSPACED:
        return [chr(19968 + n % 3000) + chr(20000 + n // 8) for n in range(1, WORDS + 1)]
    letters = "абегдиклмн" if language == "ru" else "abegdiklmo"
    table = str.maketrans("0123456789", letters)
    return [("в" if language == "ru" else language) + str(n).translate(table) for n in range(1, WORDS + 1)]


@cache
def _urn(language: str) -> list[str]:
    """The words of a language, each as often as it is met: 2^17 in all."""
    bounds = list(itertools.accumulate(1 / n for n in range(1, WORDS + 1)))
    counts = (round(bound / bounds[-1] * 2**17) for bound in bounds)
    lengths = (b - a for a, b in itertools.pairwise(itertools.chain([0], counts)))
    return [word for word, length in zip(vocabulary(language), lengths, strict=True) for _ in range(length)]


def language_of(outlet: int) -> str:
    """The language that an outlet writes in."""
    return LANGUAGES[outlet % len(LANGUAGES)]


@cache
def _sizes() -> list[float]:
    return list(itertools.accumulate(1 / (n + 20) for n in range(OUTLETS)))


def _words(chance: random.Random, language: str, count: int) -> list[str]:
    urn = _urn(language)
    return [urn[n >> 15] for n in array("I", chance.randbytes(4 * count))]


def prose(chance: random.Random, language: str) -> str:
    """A text of some 400 words: sentences of 18, paragraphs of four."""
    space, stop = ("", "。") if language in UNSPACED else (" ", ". ")
    words = _words(chance, language, min(1200, max(60, int(chance.gauss(400, 120)))))
    sentences = [space.join(words[n : n + 18]) for n in range(0, len(words), 18)]
    return "\n".join(stop.join(sentences[n : n + 4]) + stop.strip() for n in range(0, len(sentences), 4))


def story(chance: random.Random, language: str) -> Told:
    """A new story."""
    title = ("" if language in UNSPACED else " ").join(_words(chance, language, 8)).capitalize()
    return Told(title, prose(chance, language), chance.choice(AGENCIES) if chance.random() < 0.2 else None)


def _copied(chance: random.Random, told: Told, language: str) -> Told:
    """The story as another outlet has it: under a headline of its own, sometimes cut."""
    paragraphs = told.body.split("\n")
    kept = paragraphs[: chance.randint(max(1, len(paragraphs) * 2 // 3), len(paragraphs))]
    return replace(
        told, title=story(chance, language).title if chance.random() < 0.5 else told.title, body="\n".join(kept)
    )


def rows(plan: Plan, chunk: int) -> dict[str, list[Row]]:
    """The rows of a chunk's articles, by table, in the order of COLUMNS."""
    chance = random.Random(chunk)
    found: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    waiting: dict[int, tuple[Told | None, str]] = {}
    for number in range(chunk * CHUNK + 1, min(plan.articles, (chunk + 1) * CHUNK) + 1):
        outlet = chance.choices(range(1, OUTLETS + 1), cum_weights=_sizes())[0]
        language = language_of(outlet)
        told, language = waiting.pop(number, (None, language))
        told = told or story(chance, language)
        if told.story is None and chance.random() < 0.04:
            told = replace(told, story=number)
            for _ in range(1 + int(chance.expovariate(0.4))):
                waiting[number + chance.randint(1, CHUNK)] = (_copied(chance, told, language), language)
        for table, row in _article(plan, chance, number, outlet, language, told):
            found[table].append(row)
    return found


def _article(
    plan: Plan, chance: random.Random, number: int, outlet: int, language: str, told: Told
) -> Iterator[tuple[str, Row]]:
    seen = plan.found_at(number, chance)
    published, precision = _published(chance, seen)
    url = f"https://s{outlet}.example/{seen:%Y/%m}/{told.title.lower().replace(' ', '-')[:60]}-{number}.html"
    key, digest = hashlib.sha256(url.encode()).digest(), hashlib.sha256(f"{told.title}\n{told.body}".encode()).digest()
    run, last = plan.day(seen) * OUTLETS + outlet, seen + timedelta(hours=6)
    edits = 0 if chance.random() > 0.05 else chance.randint(1, 2)
    dateline = place(chance) if chance.random() < 0.4 else None
    flags = ["undated"] if published is None else [chance.choice(FLAGS)] if chance.random() < 0.05 else []
    witnesses = f'[{{"origin": "jsonld", "value": "{published:%Y-%m-%dT%H:%M:%SZ}"}}]' if published else "[]"
    yield "pages", (number, outlet, url, url, key, None, 3, "unchanged", f'"{number:x}"', digest, seen, last)
    yield "captures", (
        number, number, run, url, url, 200, seen, digest, 90_000, f"{seen:%Y%m%d}/dateline-{run}.warc.gz",
        chance.randint(0, 10**8), 25_000,
    )  # fmt: skip
    yield "articles", (
        number, outlet, number, url, url, key, told.title, told.body, told.body[:150].split("\n")[0],
        [f"{vocabulary('fr')[int(5000 ** chance.random()) - 1].title()} Lee"], told.agency, dateline,
        published, precision, "jsonld" if published else None, witnesses, language, chance.choice(SECTIONS),
        [vocabulary("en")[int(2000 ** chance.random()) - 1] for _ in range(3)],
        f"https://s{outlet}.example/{number}.jpg",
        f"Outlet {outlet}", len(told.body.split()), chance.choice(KINDS), flags, digest, edits, number,
        told.story, seen, last, seen + timedelta(hours=edits), last if chance.random() < 0.02 else None, "made up", run,
    )  # fmt: skip
    for hours, outcome in ((0, "stored"), (1, "unchanged"), (6, "unchanged")):
        capture, status, size = (None, 304, 0) if hours else (number, 200, 90_000)
        yield "fetches", (run, number, capture, url, status, outcome, size, 0.2, seen + timedelta(hours=hours))
    for n in range(1, edits + 1):
        body = told.body.replace(". ", f". {vocabulary(language)[n]} ", 1)
        state = hashlib.sha256(body.encode()).digest()
        yield "revisions", (
            number, n, "substantive", told.title, body, state, number, "made up", seen + timedelta(hours=n - 1),
            seen + timedelta(hours=n), run, "newsroom",
        )  # fmt: skip


def place(chance: random.Random) -> str:
    """A place in a dateline, one of 500."""
    return f"PORT {vocabulary('de')[int(500 ** chance.random()) - 1]}".upper()


def _published(chance: random.Random, seen: datetime) -> tuple[datetime | None, str | None]:
    luck = chance.random()
    if luck < 0.02:
        return None, None
    if luck < 0.1:  # old when it was found
        return seen - timedelta(days=chance.uniform(1, 700)), "second"
    moment = seen - timedelta(seconds=chance.expovariate(1 / 1200))
    if luck < 0.25:
        return moment.replace(hour=0, minute=0, second=0, microsecond=0), "day"
    return moment, "minute"


COLUMNS = {
    "pages": "id, source_id, url, canonical_url, url_sha256, due_at, visits, outcome, etag, body_sha256, first_seen_at,"
    " fetched_at",
    "captures": "id, page_id, run_id, url, final_url, status, fetched_at, body_sha256, body_bytes, warc_file,"
    " warc_offset, warc_length",
    "articles": "id, source_id, page_id, url, canonical_url, url_sha256, title, text, excerpt, authors, agency,"
    " dateline_place, published_at, published_precision, published_origin, date_witnesses, language, section, tags,"
    " image_url, site_name, word_count, kind, quality_flags, content_sha256, revision_count, capture_id, cluster_id,"
    " first_seen_at, last_seen_at, changed_at, gone_at, extractor, run_id",
    "fetches": "run_id, page_id, capture_id, url, status, outcome, bytes, seconds, at",
    "revisions": "article_id, number, change, title, text, content_sha256, capture_id, extractor, seen_from,"
    " replaced_at, run_id, made_by",
}
# Foreign keys and triggers are not asked: what is written is whole, and clusters are written at the end.
SESSION = "set statement_timeout = 0; set session_replication_role = replica; set maintenance_work_mem = '1GB'"
BEFORE = """
    insert into sources (name, url, origin, cadence, last_crawled_at, last_outcome)
        select 's' || n, 'https://s' || n || '.example/', 'configured', '1 hour', %(end)s, 'done'
        from generate_series(1, %(outlets)s) n;
    insert into runs (id, source_id, batch, trigger, worker, started_at, finished_at, outcome, discovered, fetched,
            stored)
        overriding system value
        select day * %(outlets)s + outlet, outlet, md5(day::text)::uuid, 'schedule', 'host-1',
            %(end)s - (%(days)s - day) * interval '1 day',
            %(end)s - (%(days)s - day) * interval '1 day' + interval '9 minutes', 'done', 5, 12, 4
        from generate_series(0, %(days)s) day, generate_series(1, %(outlets)s) outlet;
    insert into endpoints (source_id, url, url_sha256, kind, found_by, fetched_at, outcome, links)
        select n, 'https://s' || n || '.example/feed', sha256(n::text::bytea), 'feed', 'autodiscovery', %(end)s, 'read',
            30
        from generate_series(1, %(outlets)s) n
"""
# Pages that are no stories; and what is told of stories that several have.
AFTER = """
    insert into pages (id, source_id, url, canonical_url, url_sha256, due_at, visits, outcome, detail, first_seen_at,
            fetched_at)
        overriding system value
        select %(articles)s + n, 1 + n %% %(outlets)s, u, u, sha256(u::bytea), null, 2, 'skipped',
            'a list of stories', t, t
        from generate_series(1, %(articles)s / 8) n, concat('https://x.example/list/', n) u, now() t;
    update articles set cluster_id = null
        where cluster_id in (select cluster_id from articles group by 1 having count(*) = 1);
    insert into clusters (id, first_article_id, first_published_at, last_published_at, size, outlets)
        overriding system value
        select cluster_id, (array_agg(id order by at, id))[1], min(at), max(at), count(*), count(distinct source_id)
        from articles, published_moment(published_at, published_precision, first_seen_at) at
        where cluster_id is not null group by 1;
    insert into cluster_articles (article_id, cluster_id, similarity, delay, evidence)
        select a.id, c.id, 0.9, published_moment(a.published_at, a.published_precision, a.first_seen_at)
            - c.first_published_at, '{{}}'
        from articles a join clusters c on c.id = a.cluster_id;
"""
KEYS = "select setval(pg_get_serial_sequence('{0}', 'id'), (select max(id) from {0}))"
INDEXES = """
    select c.oid::regclass::text, pg_get_indexdef(c.oid) from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = any(%s::regclass[]) and not i.indisunique
"""


def fill(url: str, articles: int, processes: int = 2) -> None:
    """Write an archive of that many articles into an empty, migrated database, by several connections at once."""
    plan = Plan(articles, datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(SESSION)
        cursor.execute(INDEXES, (list(COLUMNS),))
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"drop index {name}")
        cursor.execute(BEFORE, {"end": plan.end, "outlets": OUTLETS, "days": DAYS})
        with ProcessPoolExecutor(processes) as pool:
            for _ in pool.map(_copy, itertools.repeat((url, plan)), range(-(-articles // CHUNK))):
                pass
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(AFTER.format(), {"articles": articles, "outlets": OUTLETS})
        for table in ("pages", "captures", "articles", "runs", "clusters"):
            cursor.execute(KEYS.format(table))
        cursor.execute("vacuum (analyze)")


@cache
def _session(url: str) -> Any:
    connection = connect(url)
    connection.cursor().execute(SESSION + "; set synchronous_commit = off")
    return connection.cursor()


def _copy(where: tuple[str, Plan], chunk: int) -> None:
    url, plan = where
    for table, made in rows(plan, chunk).items():
        lines = io.StringIO("".join("\t".join(map(_written, row)) + "\n" for row in made))
        _session(url).copy_expert(f"copy {table} ({COLUMNS[table]}) from stdin", lines)


def _written(value: object) -> str:
    """A value as COPY reads it; no text here has a tab or a backslash."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.replace("\n", r"\n")
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    return _array(value) if isinstance(value, list) else str(value)


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join(f'"{value}"' for value in values) + "}"
