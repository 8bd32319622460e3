"""The reader in a real browser: does any page run over its edge, load what it may not, or lack a name for a field?

    python -m tests.proofs.reader [--pictures FOLDER]

Needs the extra "render" and a Chromium. Every page of a made-up archive is opened at the width of a desk and of a
phone, in light and dark, without JavaScript; the form is used by keyboard alone. Two pictures go to FOLDER. Exit 0
when every claim holds, else 1.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from spiders.browser import chromium
from tests import newsstand
from tests.airflows import claims
from tests.reading import served

PATHS = (
    *("/", "/?q=bridge", "/?q=bridge&kind=poem&since=yesterday", "/articles/{article}"),
    *("/articles/{article}/revisions/1", "/stories/{story}", "/outlets", "/outlets/valley-observer"),
    *("/why?url=https://valley-observer.example/cheese", "/why?url=nonsense", "/nothing"),
)
SIZES = {"desk": 1100, "phone": 360}
PICTURES = {"reader-article": ("/articles/{article}", 860), "reader-outlets": ("/outlets", 830)}  # with their height


def main() -> None:
    """Fill an archive, look at every page, print the claims."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--pictures", type=Path)
    asked = cli.parse_args()
    home = Path(tempfile.mkdtemp(prefix="dateline-reader-"))
    home.chmod(0o711)
    try:
        with Server(home, fsync="off").running() as server, sync_playwright() as playwright:
            server.ensure_database("dateline")
            migrate(url := server.url("dateline"))
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            wrong = look(url, browser, asked.pictures)
            browser.close()
    finally:
        shutil.rmtree(home)
    sys.exit(1 if wrong else 0)


def look(url: str, browser: Browser, pictures: Path | None) -> list[str]:
    """Open every page of a filled archive; the claims that do not hold."""
    wrong: list[str] = []
    with Database(url, 2) as database:
        newsstand.fill(database)
        with database.transaction() as cursor:
            cursor.execute(
                "select id as article, cluster_id as story from articles where url like '%%harbour-courier%%/bridge'"
            )
            rows = cursor.fetchone()._asdict()
    with served(url) as visitor:
        root = f"http://127.0.0.1:{visitor.port}"
        for size, width in SIZES.items():
            for scheme in ("light", "dark"):
                page, said = opened(browser, width, scheme)
                for path in PATHS:
                    said.clear()
                    page.goto(root + path.format(**rows))
                    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    where = f"{path} at a {size}, {scheme}"
                    claims(wrong, over <= 0, f"{where}: runs {over} px over its edge" if over > 0 else f"{where}: fits")
                    claims(wrong, not said, f"{where}: {'; '.join(said) or 'loads what it may'}")
        by_keyboard(wrong, browser, root)
        if pictures:
            draw(browser, root, rows, pictures)
    return wrong


def opened(browser: Browser, width: int, scheme: str) -> tuple[Page, list[str]]:
    """A page of that width without JavaScript, and what it complains of, but for statuses that are meant."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text) if "status of 4" not in message.text else None)
    # Aborted is what the next page stops, such as the icon.
    page.on("requestfailed", lambda request: None if "ABORTED" in str(request.failure) else said.append(request.url))
    return page, said


def by_keyboard(wrong: list[str], browser: Browser, root: str) -> None:
    """Search and open the first answer without a mouse; every field can be told by its label."""
    page, _ = opened(browser, SIZES["desk"], "light")
    page.goto(root)
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent")
    claims(wrong, first == "To the content", f"the first stop is {first!r}")
    page.get_by_label("Words, in any language").fill("bridge")
    page.keyboard.press("Enter")
    page.get_by_text("Best answers to").wait_for()
    claims(wrong, page.locator("mark").count() > 0, "what matched is marked")
    page.get_by_text("Narrow it down").press("Enter")
    page.get_by_label("Agency").fill("dpa")
    page.keyboard.press("Enter")
    page.get_by_text("No article has").wait_for()
    claims(wrong, page.get_by_label("Agency").is_visible(), "a filter that is set stays in sight")


def draw(browser: Browser, root: str, rows: dict[str, object], pictures: Path) -> None:
    """Take the two pictures of the documentation."""
    page, _ = opened(browser, 800, "light")
    for name, (path, height) in PICTURES.items():
        page.goto(root + path.format(**rows))
        clip: Any = {"x": 0, "y": 0, "width": 800, "height": height}
        page.screenshot(path=pictures / f"{name}.png", full_page=True, clip=clip)


if __name__ == "__main__":
    main()
