"""A few hostile outlets in one real crawl: each fault comes to its name. All of them: make prove-hostile."""

from __future__ import annotations

from pathlib import Path

from pipelines.database import Database
from tests.commands import dateline
from tests.proofs.behaviours import ALL
from tests.proofs.behaviours.connections import authority
from tests.proofs.hostile_outlets import entry, judge, running

QUICK = {
    "resets at once", "resets in the body", "a body that ends early", "a body without end", "chunks without end",
    "100 Continue fifty times", "status 999", "status 99999", "a Content-Length of 11 MB", "a bomb in br",
    "a redirect to itself", "a redirect to a file", "robots.txt: 503", "robots.txt: UTF-16", "TLS as it should be",
    "a certificate signed by itself", "a feed: an XML bomb", "a sitemap index of itself",
}  # fmt: skip


def test_hostile_outlets_come_to_their_names(environment: dict[str, str], database: Database) -> None:
    chosen = [hostile for hostile in ALL if hostile.name in QUICK]
    assert len(chosen) == len(QUICK)
    trusting = environment | {"SSL_CERT_FILE": str(authority().file)}
    with running(chosen) as outlets:
        entries = (entry(hostile.name, site, **hostile.entry) for hostile, site in outlets)
        Path(environment["DATELINE_SOURCES"]).write_text("\n".join(entries))
        done = dateline(trusting, "crawl", "--all", "--allow-private", "--json")
        found = [judge(database, hostile, site) for hostile, site in outlets]
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert {f.name: f.faults for f in found if f.faults} == {}


def test_every_behaviour_has_a_name_of_its_own() -> None:
    assert len({hostile.name for hostile in ALL}) == len(ALL) >= 80
