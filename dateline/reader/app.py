"""The pages of the reader: each asks the archive, has a view made of the answer, and fills in a template.

GET and HEAD alone. The archive's text is hostile: templates escape all of it, and what a browser may do with a page is
said in HEADERS. Errors are pages too, with one line.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dateline import why
from dateline.asking import capture_place
from dateline.errors import BadInput
from dateline.reader import charts, questions, views
from dateline.reader.archive import PATIENCE, Archive
from dateline.reader.views import Form
from dateline.searching import KINDS, flags
from pipelines import queries, search
from pipelines.database import BadRow, Cancelled, Database, DatabaseError
from pipelines.health.rules import STATES
from pipelines.queries import Row
from pipelines.search import Filters

HEADERS = {
    # Nothing is loaded but our own style sheet and icon, nothing runs, and nobody frames a page.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # a story that is deleted is deleted here as well
    "Referrer-Policy": "no-referrer",  # an outlet is not told who reads it here
    "X-Content-Type-Options": "nosniff",
}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MOST_OUTLET_PAGES = 1000
NEWEST_OF_AN_OUTLET = 10  # articles

log = logging.getLogger(__name__)


def application(archive: Archive, hosts: Collection[str] = ()) -> Starlette:
    """The reader of an archive. It answers to the names of this machine and to `hosts`, and to no others: a page of
    somebody else's that made its own name point here would otherwise read the archive through the browser."""
    reader = Reader(archive)
    return Starlette(
        routes=[
            Route("/", reader.search),
            Route("/articles/{key}", reader.article),
            Route("/articles/{key}/revisions/{number}", reader.revision),
            Route("/stories/{key}", reader.story),
            Route("/outlets", reader.outlets),
            Route("/outlets/{name:path}", reader.outlet),
            Route("/why", reader.why),
            Route("/health", reader.health),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, *hosts], www_redirect=False)],
        exception_handlers={HTTPException: refused, DatabaseError: unanswered, Exception: broken},
    )


class Reader:
    """The pages. Each is made in a thread; as many ask the archive at once as it has connections."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def search(self, request: Request) -> Response:
        """The form, and what it finds; without words the newest articles."""
        form = views.form(request.query_params)

        def ask(database: Database) -> tuple[list[str], Form, list[Row]]:
            asked, source = form, form.filters.source
            if source and not search.has_source(database, source):
                asked = form.with_wrong("source", f"no outlet named {source!r} in the archive")
            return questions.names(database), asked, [] if asked.wrong else questions.found(database, asked)

        names, form, rows = self.archive.ask(ask)
        status = 400 if form.wrong else 200
        return page("search.html", status, form=form, names=names, rows=rows[: views.A_PAGE], more=form.more(rows))

    def article(self, request: Request) -> Response:
        """One article as it is stored, and what stands beside it."""
        key = number_of(request, "key", "article")
        row, beside = self.archive.ask(lambda db: (queries.article(db, str(key)), questions.beside(db, key)))
        if row is None:
            missing(f"There is no article {key}.")
        return page("article.html", **views.article(row, beside, capture_place(row)))

    def revision(self, request: Request) -> Response:
        """What a change did to an article, word by word."""
        key, number = number_of(request, "key", "article"), number_of(request, "number", "revision")
        row = self.archive.ask(lambda db: questions.change(db, key, min(number, 2**31 - 1)))
        if row is None:
            missing(f"Article {key} has no revision {number}.")
        return page("revision.html", row=row, changed=views.change(row))

    def story(self, request: Request) -> Response:
        """A story that several articles tell, and how it spread."""
        key = number_of(request, "key", "story")
        found = self.archive.ask(lambda db: questions.story(db, key))
        if found is None:
            missing(f"There is no story {key}. Stories get new numbers when they are found anew.")
        return page("story.html", marks=charts.spread([row["delay"] for row in found["spread"]]), **found)

    def outlets(self, request: Request) -> Response:
        """Every outlet with its verdict and its last four weeks, the worst first."""
        state, every = request.query_params.get("state"), "all" in request.query_params
        number = views.key(request.query_params.get("page", "1"))
        if (state and state not in STATES) or not number or number > MOST_OUTLET_PAGES:
            missing("There is no such list of outlets.")

        def ask(database: Database) -> tuple[dict[str, int], list[Row]]:
            counted = questions.states(database, every=every)
            return counted, questions.outlets(database, number, state=state or None, every=every)

        counted, rows = self.archive.ask(ask)
        return page("outlets.html", **views.outlets(counted, rows, number, state, now(), every=every))

    def outlet(self, request: Request) -> Response:
        """An outlet: the last verdict on it, its days, its newest stories, what went wrong."""
        name = request.path_params["name"]
        row = self.archive.ask(lambda db: questions.outlet(db, name))
        if row is None:
            missing("There is no such outlet.")
        newest = self.archive.ask(lambda db: questions.newest(db, NEWEST_OF_AN_OUTLET, Filters(source=name)))
        return page("outlet.html", **views.outlet(row, newest, now()))

    def why(self, request: Request) -> Response:
        """What became of an address, from the feed that listed it to the row."""
        url = request.query_params.get("url", "").strip()
        if not url:
            return page("why.html", url="", wrong=None, told=None)
        try:
            stone, found = self.archive.ask(lambda db: why.look(db, url))
        except BadInput as error:
            return page("why.html", 400, url=url, wrong=str(error), told=None)
        return page("why.html", url=url, wrong=None, told=views.told(stone, found, now()))

    def health(self, _: Request) -> Response:
        """Whether the archive answers, for whoever watches."""
        self.archive.ask(questions.alive)
        return PlainTextResponse("ok\n")


def now() -> datetime:
    """The moment of the request, in UTC, in which days are counted."""
    return datetime.now(UTC)


def number_of(request: Request, name: str, what: str) -> int:
    """The number of a row in the address."""
    key = views.key(request.path_params[name])
    return missing(f"The address names no {what}: its number is wanted.") if key is None else key


def missing(line: str) -> NoReturn:
    """End with the page that says that there is none."""
    raise HTTPException(404, line)


def page(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> Response:
    """A template, filled in."""
    return HTMLResponse(TEMPLATES.get_template(template).render(values), status, headers)


def refused(_: Request, error: Exception) -> Response:
    """The page of what is not there, or not to be done."""
    assert isinstance(error, HTTPException)
    line = {404: "There is nothing at this address.", 405: "The archive is only read here."}
    said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else line.get(error.status_code)
    return page("error.html", error.status_code, error.headers, line=said or error.detail)


def unanswered(request: Request, error: Exception) -> Response:
    """The page of a question that the database did not answer; what it said goes to the log alone."""
    log.warning("%r: %s", request.url.path, error)
    if isinstance(error, Cancelled):
        return page("error.html", 503, line=f"That took the archive more than {PATIENCE} seconds: ask for less.")
    if isinstance(error, BadRow):
        return page("error.html", 400, line="The address has something in it that no row can have.")
    return page("error.html", 503, line="The archive's database does not answer. Try again in a moment.")


def broken(_: Request, __: Exception) -> Response:
    """The page of a mistake of ours; Starlette logs it."""
    return page("error.html", 500, line="This page is broken. The log of dateline serve says why.")


TEMPLATES = Environment(
    loader=PackageLoader("dateline.reader"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals |= {"kinds": KINDS, "flags": flags(), "version": version("dateline")}
TEMPLATES.filters |= {
    "clock": views.clock,
    "found": views.parts,
    "link": views.link,
    "machine": views.machine,
    "path": lambda name: quote(name, safe=""),
    "plain": views.beginning,
    "published": views.published,
    "span": views.span,
}
