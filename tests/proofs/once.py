"""A crawl asked for by curl as the documentation has it, in the form with a browser, and in a terminal: the same rows?

    python -m tests.proofs.once [--pictures FOLDER]

Needs the extra "render" and a Chromium. `dateline up` runs for real, an outlet is served on loopback. Between the
three the archive is emptied, and what each of them stored is compared. Then every field is given garbage, over REST
and in the form: it must be refused with the field named, and the outlet must not be asked for anything. Pictures of
the form and of the run go to FOLDER. Exit 0 when every claim holds, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from dateline.postgres import Server
from dateline.rest import NoAnswer
from pipelines.database import Database
from spiders.browser import chromium
from tests.airflows import Up, claims, ended, log, say, trigger
from tests.commands import dateline
from tests.documents import Entry, article_html, prose
from tests.site import Site

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/airflow.md"
STORIES = 5
ROWS = "select url, title, text, published_at from articles order by url"

GARBAGE: dict[str, list[Any]] = {
    "urls": [None, 7, [], "", [7], "ftp://courier.example/", "courier.example", "javascript:alert(1)", "http://x y/",
             "http://user:secret@courier.example/", "http://:0/", "http://[::1", "https://x.example/\u0007", "--all",
             "https://x.example/" + "a" * 3000, [f"https://x.example/{n}" for n in range(201)]],
    "depth": [None, -1, 6, 2.5, True, "0; rm -rf /", [1]],
    "limit": [None, 0, -5, 10**9, 1.5, "ten", {}],
    "colour": ["red"],
}  # fmt: skip


@contextmanager
def browser(up: Up) -> Iterator[Page]:
    """A page of a browser that is logged in."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = program.new_page(viewport={"width": 960, "height": 960})
        page.set_default_timeout(120_000)
        page.goto(up.address)
        page.fill("[name=username]", "admin")
        page.fill("[name=password]", up.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        yield page
        program.close()


def fill(page: Page, up: Up, **fields: str) -> None:
    """Open the form of `crawl_once` and fill these fields."""
    page.goto(f"{up.address}/dags/crawl_once")
    page.get_by_role("button", name="Trigger").first.click()
    for name, value in fields.items():
        page.fill(f"[name=element_{name}]", value)
        page.keyboard.press("Tab")


def submit(page: Page) -> str:
    """Press the form's button; the path of the run in the REST interface."""
    page.get_by_test_id("trigger-dag-submit").click()
    page.wait_for_url(re.compile(r"/runs/"))
    return f"/api/v2/dags/crawl_once/dagRuns/{page.url.rpartition('/runs/')[2].partition('?')[0]}"


def by_curl(up: Up, feed: str) -> str:
    """Ask by the very lines of the documentation; the path of the run."""
    (lines,) = re.findall(r"```sh\n(AIRFLOW=.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    _, _, script = lines.partition("\n")  # the first one has the address and the password to fill in
    script = script.replace("https://courier.example/feed.xml", feed)
    env = os.environ | {"AIRFLOW": up.address, "PASSWORD": up.password, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(["sh", "-euc", script], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the documented lines fail: {done.stdout}{done.stderr}")
    return f"/api/v2/dags/crawl_once/dagRuns/{json.loads(done.stdout)['dag_run_id']}"


def by_form(up: Up, feed: str, pictures: Path | None) -> str:
    """Ask by the form; the path of the run, which has ended."""
    with browser(up) as page:
        fill(page, up, urls=feed, depth="0", limit="50")
        if pictures:
            page.screenshot(path=pictures / "crawl-once-form.png")
        path = submit(page)
        ended(up.rest, path)
        page.reload()
        page.get_by_text("Success").first.wait_for()
        page.wait_for_timeout(3000)  # until the bars are drawn
        if pictures:
            page.screenshot(path=pictures / "crawl-once-run.png")
    return path


def taken(up: Up) -> list[tuple[object, ...]]:
    """The rows of the archive, which is emptied."""
    with Database(Server(up.home).url("dateline"), 1) as archive, archive.transaction() as cursor:
        cursor.execute(ROWS)
        rows = [tuple(row) for row in cursor.fetchall()]
        cursor.execute("truncate sources, hosts cascade")
    return rows


def same_rows(up: Up, feed: str, pictures: Path | None) -> list[str]:
    """Ask in all three ways; the claims that do not hold."""
    wrong: list[str] = []
    taken(up)
    paths = {}
    paths["curl"] = by_curl(up, feed)
    ended(up.rest, paths["curl"])
    rows = {"curl": taken(up)}
    paths["the form"] = by_form(up, feed, pictures)
    rows["the form"] = taken(up)
    for way, path in paths.items():
        state = up.rest.get(path)["state"]
        claims(wrong, state == "success", f"asked for by {way}: {state}")
    done = dateline(up.env, "crawl", feed, "--limit", "50", "--allow-private")
    claims(wrong, done.code == 0, f"asked for in a terminal: exit {done.code}")
    rows["a terminal"] = taken(up)
    for way, found in rows.items():
        claims(wrong, len(found) == STORIES, f"{len(found)} rows by {way}")
    claims(wrong, rows["curl"] == rows["the form"] == rows["a terminal"], "url, title, text, published_at are the same")
    return wrong


def refused(up: Up, site: Site) -> list[str]:
    """Give every field garbage over REST; the claims that do not hold."""
    wrong: list[str] = []
    good = {"urls": [site.url], "depth": 0, "limit": 5}
    at_once, runs = 0, {}
    for field, values in GARBAGE.items():
        for value in values:
            try:
                runs[trigger(up.rest, "crawl_once", good | {field: value})] = (field, value)
            except NoAnswer as error:
                at_once += 1
                if error.status != 400 or f"param {field}" not in str(error):
                    claims(wrong, False, f"{field} = {value!r:.40}: {error}")
    for path, (field, value) in runs.items():
        state, said = ended(up.rest, path, 600), log(up.rest, path, "crawl")
        if state != "failed" or not re.search(rf"nothing was run\..*{field}: ", said):
            claims(wrong, False, f"{field} = {value!r:.40}: {state}: {said[-300:]}")
    named = "each names its field" if not wrong else "not all as they should"
    claims(wrong, not wrong, f"REST: {at_once} refused at once (HTTP 400), {len(runs)} by a red task: {named}")
    return wrong


def refused_in_the_form(up: Up, site: Site) -> list[str]:
    """Give every field of the form garbage; the claims that do not hold."""
    wrong: list[str] = []
    with browser(up) as page:
        fill(page, up, urls="ftp://courier.example/\nno address", depth="77", limit="0")
        numbers = [page.input_value(f"[name=element_{name}]") for name in ("depth", "limit")]
        claims(wrong, numbers == ["5", "1"], f"form: depth 77 and limit 0 become {' and '.join(numbers)}, their bounds")
        path = submit(page)
    state, said = ended(up.rest, path), log(up.rest, path, "crawl")
    claims(wrong, state == "failed" and "urls: 'ftp://courier.example/'" in said, f"form: wrong addresses: {state}")
    return wrong


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--pictures", type=Path)
    pictures = cli.parse_args().pictures
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as name, Site() as site:
        Path(name).chmod(0o711)
        for n in range(STORIES):
            site.page(f"/news/{n}.html", article_html(f"The harbour, part {n}", prose(seed=n), published="2026-03-04"))
        site.rss("/feed.xml", [Entry(f"/news/{n}.html", f"The harbour, part {n}") for n in range(STORIES)])
        with Up(Path(name)) as up:
            wrong = same_rows(up, site.at("/feed.xml"), pictures)
            before = len(site.paths())
            wrong += refused(up, site) + refused_in_the_form(up, site)
            asked = len(site.paths()) - before
            claims(wrong, asked == 0, f"the outlet was asked {asked} times for what was refused")
    say("all hold" if not wrong else f"{len(wrong)} claims do not hold")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
