"""Keep captures in an S3 store on loopback, through a kill -9, a check, a prune and other tools: is all of it there?

    python -m tests.proofs.object_store [--stories 60]

The store is moto's server, spoken to by s3fs; both are installed into a temporary folder with the project's own uv, so
a package registry must be reachable. A crawl is killed in the middle, what it left is put away by the next, every
capture is read back and verified, the first half is pruned by age, and the rest verified again, also by warcio's own
check. Printed is what was found at each step. Exit 0 when all is as it should be, else 1.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from tests.commands import Done, dateline, start
from tests.documents import Entry, article_html, prose
from tests.site import Site

BUCKET = "s3://captures"
UV = Path(sys.prefix) / "uv"


def install(folder: Path, *packages: str) -> Path:
    """Packages in a folder of their own, to be put on PYTHONPATH."""
    command = [str(UV), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder), *packages]
    subprocess.run(command, check=True)
    return folder


@contextmanager
def store(packages: Path, log: Path) -> Iterator[str]:
    """The address of a running S3 server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("w") as out:
        server = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": str(packages)}, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


class Proof:
    """The commands that are run, and what was found."""

    def __init__(self, environment: dict[str, str], home: Path) -> None:
        self.environment, self.home, self.is_good = environment, home, True

    def say(self, what: str, found: object, *, good: bool = True) -> None:
        """Print what was found, and remember if it is not good."""
        self.is_good &= good
        print(f"{'ok ' if good else 'BAD'}  {what}: {found}", flush=True)

    def run(self, *arguments: str) -> Done:
        """Run a command to its end."""
        return dateline(self.environment, *arguments, timeout=300)

    def ask(self, query: str) -> str:
        """One value out of the archive."""
        return self.run("psql", "-XtAc", query).out.strip()

    def spooled(self) -> int:
        """Files in the spool."""
        return len(list((self.home / "spool").glob("*/*.warc.gz")))

    def objects(self) -> list[str]:
        """Objects in the bucket, told by s3fs."""
        code = f"import fsspec; print(*fsspec.filesystem('s3').find('{BUCKET}/archive'), sep='\\n')"
        return self._python(code).split()

    def make_bucket(self) -> None:
        """Make the bucket, once the server answers."""
        code = f"import fsspec; fsspec.filesystem('s3').mkdir('{BUCKET}')"
        for _ in range(60):
            asked = subprocess.run([sys.executable, "-c", code], env=self.environment, capture_output=True, check=False)
            if asked.returncode == 0:
                return
            time.sleep(1)
        raise SystemExit("the store does not answer")

    def _python(self, code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, check=True
        ).stdout


def prove(proof: Proof, url: str, stories: int) -> None:
    """Crawl, be killed, go on, verify, prune, verify."""
    sites = ("--source", "proof", "--allow-private")
    running = start(proof.environment, "crawl", *sites)
    with Database(url, 1) as archive:
        while running.poll() is None and captured(archive) < stories // 4:
            time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    first = int(proof.ask("select count(*) from captures"))
    proof.say(
        "captures when the crawl was killed, files in the spool", (first, proof.spooled()), good=0 < first < stories
    )
    early = time.time()
    time.sleep(2)
    done = proof.run("crawl", *sites, "--json")
    proof.say("the next crawl stored", done.summary["stored"], good=done.code == 0)
    count, objects = int(proof.ask("select count(*) from captures")), proof.objects()
    proof.say("articles and captures now", (proof.ask("select count(*) from articles"), count), good=count == stories)
    proof.say("objects in the store, files in the spool", (len(objects), proof.spooled()), good=proof.spooled() == 0)
    verify(proof, count)
    keep = f"{int(time.time() - early - 1)}s"
    proof.environment["DATELINE_KEEP_CAPTURES"] = keep
    pruned = proof.run("captures", "prune", "--json").summary
    shown = {key: pruned[key] for key in ("records", "removed", "rewritten", "pending")}
    proof.say(f"pruned what is older than {keep}", shown, good=pruned["records"] >= first and not pruned["pending"])
    verify(proof, count - int(pruned["records"]))
    read = proof.run("reextract", "--json", "--extractor-older-than", "99")
    proof.say("dateline reextract ended", read.code, good=read.code in (0, 3))


def captured(archive: Database) -> int:
    """How many captures there are."""
    with archive.transaction() as cursor:
        cursor.execute("select count(*) as captures from captures")
        return int(cursor.fetchone().captures)


def verify(proof: Proof, count: int) -> None:
    """Have every capture read by dateline captures check, and every object by warcio check."""
    checked = proof.run("captures", "check", "--json")
    said = {key: checked.summary[key] for key in ("files", "captures", "expired")}
    good = checked.code == 0 and said["captures"] == count
    proof.say("dateline captures check", said | {"faults": checked.summary["faults"]}, good=good)
    if not (objects := proof.objects()):
        return
    warcio = [str(Path(sys.executable).with_name("warcio")), "check", *(f"s3://{name}" for name in objects)]
    done = subprocess.run(warcio, env=proof.environment, capture_output=True, text=True, check=False)
    proof.say("warcio check of the objects", done.stdout or "nothing is wrong", good=done.returncode == 0)


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--stories", type=int, default=60)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-store-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        driver = install(folder / "driver", "s3fs", f"fsspec=={version('fsspec')}")
        server = install(folder / "server", "moto[server,s3]")
        home, sources = folder / "home", folder / "sources.toml"
        with store(server, folder / "store.log") as address, Site() as site:
            entries = [Entry(f"/news/a-story-about-the-harbour-{n}.html") for n in range(options.stories)]
            for number, entry in enumerate(entries):
                text = prose(seed=number)
                site.page(entry.url, article_html(f"A story, part {number}", text, published="2026-03-04"))
            site.sitemap("/sitemap.xml", entries)
            listed = f'sitemaps = ["{site.at("/sitemap.xml")}"]\ndiscover = ["sitemap"]'
            sources.write_text(f'[[source]]\nname = "proof"\nurl = "{site.url}"\ndelay = 0.2\n{listed}\n')
            environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AWS_"))} | {
                "DATELINE_HOME": str(home), "DATELINE_SOURCES": str(sources), "PYTHONPATH": str(driver),
                "DATELINE_CAPTURES": f"{BUCKET}/archive", "AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "proof", "AWS_SECRET_ACCESS_KEY": "proof",
            }  # fmt: skip
            proof = Proof(environment, home)
            proof.make_bucket()
            with Server(home).running() as postgres:  # or each command starts one
                postgres.ensure_database("dateline")
                migrate(postgres.url("dateline"))
                prove(proof, postgres.url("dateline"), options.stories)
    return 0 if proof.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
