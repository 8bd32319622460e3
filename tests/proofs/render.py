"""Crawl outlets whose pages need a browser, honest and hostile ones: what is stored, what is reached, what is left?

    python -m tests.proofs.render

Needs the extra "render" and a Chromium. The outlets are served on loopback. Exit 0 when every claim holds, else 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import psutil

from pipelines.database import Database, DatabaseError
from spiders.browser import SWITCHES, chromium
from spiders.gate import Gate
from tests import faults
from tests.documents import article_html, front_html, prose
from tests.proofs.scripted import (
    PUBLIC,
    SECONDS_A_PAGE,
    Private,
    Proof,
    World,
    are_gone,
    browsers,
    outlet,
    rows,
    scripted,
    start,
    world,
)
from tests.site import Site


def prove_text(proof: Proof, world: World) -> None:
    """Stories that only scripts tell are stored with a browser, and not without."""
    with Site(PUBLIC) as site:
        outlet(site, {f"s{n}": scripted(seed=n, title=f"A story about the harbour, s{n}") for n in range(4)})
        site.robots("User-agent: *", "Disallow: /none/")
        plain, database, plain_took = world.crawl(site.url, render=False)
        with database:
            proof.claim("without render nothing is stored", rows(database, "select * from articles") == [], plain.code)
        shown, database, took = world.crawl(site.url, render=True)
        with database:
            found = rows(database, "select word_count from articles")
            proof.claim("with render the four stories are", len(found) == 4 and min(found)[0] > 50, found or shown.err)  # type: ignore[operator]
        print(f"       plain {plain_took:.1f} s, rendered {took:.1f} s", flush=True)
        captures = list((world.folder / f"proof_{world.number}" / "captures").rglob("*.warc.gz"))
        proof.claim("captures say so", any(marked(path) for path in captures), len(captures))


def marked(path: Path) -> bool:
    """Whether a WARC file has a capture that a browser has written."""
    import gzip

    return b"x-dateline-rendered: chromium/" in gzip.decompress(path.read_bytes()).lower()


def prove_guard(proof: Proof, world: World) -> None:
    """A page whose script asks for private addresses in every way it can reaches none."""
    private = Private()
    tcp = private.listen(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1")
    tcp6 = private.listen(socket.AF_INET6, socket.SOCK_STREAM, "::1")
    udp = private.listen(socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1")
    hosts = [f"127.0.0.1:{tcp}", f"localhost:{tcp}", f"[::1]:{tcp6}", f"[::ffff:127.0.0.1]:{tcp}", f"2130706433:{tcp}",
             "10.11.12.13", "169.254.169.254"]  # fmt: skip
    body = f"""
const hosts = {hosts};
for (const h of hosts) {{
    fetch("http://" + h + "/f", {{mode: "no-cors"}}).catch(() => 0);
    fetch("https://" + h + "/f", {{mode: "no-cors"}}).catch(() => 0);
    new Image().src = "http://" + h + "/i.png";
    for (const [tag, key] of [["iframe", "src"], ["script", "src"], ["object", "data"], ["embed", "src"],
                              ["video", "src"]]) {{
        const e = document.createElement(tag); e[key] = "http://" + h + "/" + tag; document.body.append(e);
    }}
    for (const rel of ["stylesheet", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "preload"]) {{
        const l = document.createElement("link"); l.rel = rel; l.href = "http://" + h + "/l"; l.as = "fetch";
        document.head.append(l);
    }}
    try {{ new WebSocket("ws://" + h + "/w"); new WebSocket("wss://" + h + "/w") }} catch (e) {{}}
    try {{ new EventSource("http://" + h + "/e") }} catch (e) {{}}
    try {{ navigator.sendBeacon("http://" + h + "/b", "x") }} catch (e) {{}}
    try {{ window.open("http://" + h + "/o") }} catch (e) {{}}
}}
try {{ new WebTransport("https://127.0.0.1:{udp}/") }} catch (e) {{}}
const frame = document.createElement("iframe"); document.body.append(frame);
for (const w of [window, frame.contentWindow]) try {{
    const P = w.RTCPeerConnection;
    const c = new P({{iceServers: [{{urls: "stun:127.0.0.1:{udp}"}},
        {{urls: "turn:127.0.0.1:{tcp}?transport=tcp", username: "a", credential: "b"}}]}});
    c.createDataChannel("x"); c.createOffer().then(o => c.setLocalDescription(o));
}} catch (e) {{}}
const worker = new Worker(URL.createObjectURL(new Blob([
    "for (const h of " + JSON.stringify(hosts) + ") fetch('http://' + h + '/worker', {{mode: 'no-cors'}})"])));
try {{ navigator.serviceWorker.register("/sw.js") }} catch (e) {{}}
fetch("/away", {{mode: "no-cors"}}).catch(() => 0);
const form = document.createElement("form"); form.action = "http://{hosts[0]}/form"; form.method = "post";
document.body.append(form); setTimeout(() => form.submit(), 300);
setTimeout(() => {{ location.href = "http://{hosts[0]}/location" }}, 600);
"""
    with Site(PUBLIC) as site:
        refresh = scripted(body, seed=0).replace(
            "<head>", f'<head><meta http-equiv=refresh content="2; url=http://{hosts[0]}/refresh">'
        )
        paths = outlet(site, {"guard": refresh, "next": scripted(seed=1)})
        site.fail("/away", 302, {"Location": f"http://{hosts[0]}/redirected"})
        done, database, took = world.crawl(site.url, render=True)
        with database:
            seen = rows(database, "select url, outcome from fetches")
        reached = list(private.heard)
        _, database, _ = world.crawl(site.url, "--allow-private", render=True)
        database.__exit__()
    refused = sorted({line.split()[1] for line in done.err.splitlines() if line.startswith("refused ")})
    proof.claim("no private address is reached", reached == [], reached)
    proof.claim(
        "all are with --allow-private, so they could be", len(set(private.heard)) >= 2, sorted(set(private.heard))
    )
    proof.claim("they were asked for, and refused", {"127.0.0.1", "::1", "10.11.12.13"} <= set(refused), refused)
    proof.claim("both pages are stored all the same", len(seen) >= 2 and "stored" in str(seen), seen)
    proof.claim("service workers are not loaded", not site.asked("/sw.js"), len(paths))
    print(f"       {took:.1f} s", flush=True)
    for listener in private.sockets:
        listener.close()


PEERS = """([udp, tcp]) => {
    const c = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:" + udp},
        {urls: "turn:127.0.0.1:" + tcp + "?transport=tcp", username: "a", credential: "b"},
        {urls: "turn:127.0.0.1:" + udp, username: "a", credential: "b"}]});
    c.createDataChannel("x");
    c.createOffer().then(o => c.setLocalDescription(o));
    new WebTransport("https://127.0.0.1:" + udp + "/").ready.catch(() => 0);
    return new Promise(done => setTimeout(done, 3000));
}"""


def prove_switches(proof: Proof, _: World) -> None:
    """What goes past proxies does not go at all: WebRTC and WebTransport, each with nothing but our switches on."""
    for what, switches in {"without our switches": (), "with them": SWITCHES}.items():
        private = Private()
        udp = private.listen(socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1")
        tcp = private.listen(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1")
        asyncio.run(peers(switches, udp, tcp))
        proof.claim(f"peers {what}", bool(private.heard) != bool(switches), sorted(set(private.heard)))


async def peers(switches: Sequence[str], udp: int, tcp: int) -> None:
    """A page behind a gate that looks for peers."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright, Gate() as gate:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(switches))
        page = await browser.new_page(proxy={"server": gate.url, "bypass": "<-loopback>"})
        await page.route("**/*", lambda route: route.fulfill(body="<p>", content_type="text/html"))
        await page.goto("https://public.example/")
        await page.evaluate(PEERS, [udp, tcp])
        await browser.close()


def prove_cost(proof: Proof, world: World) -> None:
    """How many pages a second, plain and rendered: the same pages, which need no script."""
    rates = []
    with Site(PUBLIC) as site:
        links = {f"/news/a-story-about-the-harbour-{n}.html": f"A story about the harbour, part {n}" for n in range(40)}
        site.page("/", front_html(links))
        for n, (path, title) in enumerate(links.items()):
            site.page(path, article_html(title, prose(seed=n), published="2026-03-04"))
        for render in (False, True):
            _, database, _ = world.crawl(site.url, render=render)
            with database:
                query = "select count(*) / extract(epoch from max(at) - min(at)) from fetches where page_id is not null"
                rates.append(float(str(rows(database, query)[0][0])))
    plain, shown = rates
    proof.claim("pages a second, plain and rendered", shown > 0, f"{plain:.1f}, {shown:.1f}: 1 to {plain / shown:.0f}")


def prove_bounds(proof: Proof, world: World) -> None:
    """Pages without end, measure or manners each end with a name for it, and the next one works."""
    pages: dict[str, str | Callable[..., None]] = {
        "endless": scripted('const s = document.createElement("script"); s.src = "/never"; document.body.append(s);'
                            'setInterval(() => fetch("/api/0?" + Math.random()), 50);', seed=0),
        "blocked": scripted(seed=1).replace("<main", '<script src="/never"></script><main'),
        "spinning": scripted("for (;;) {}", seed=2),
        "huge": scripted('document.body.append(document.createComment("x".repeat(100 << 20)));', seed=3),
        "wide": scripted('const d = document.createElement("div"); d.innerText = "x".repeat(1 << 20);'
                         "for (let n = 0; n < 100; n++) document.body.append(d.cloneNode(true));", seed=9),
        "windows": scripted('for (let n = 0; n < 50; n++) { window.open("/front?" + n); alert(n); confirm(n); }'
                            'print(); onbeforeunload = () => "stay";', seed=4),
        "hungry": scripted("const a = []; for (;;) a.push(new Array(1 << 20).fill(a.length + 0.5));", seed=5),
        "nested": scripted("let e = document.body; for (;;) { const d = document.createElement('p');"
                           " d.textContent = 'x'.repeat(1 << 16); e.append(d); }", seed=6),
        "endless-download": scripted(
            'fetch("/drip").then(r => r.arrayBuffer()); location.href = "/file.zip";', seed=7),
        "well-behaved": scripted(seed=8),
    }  # fmt: skip
    with Site(PUBLIC) as site:
        outlet(site, pages)
        site.behave("/never", faults.stall())
        site.behave("/drip", faults.drip(b"x" * 10_000))
        site.page("/file.zip", b"PK", content_type="application/zip")
        _, database, took = world.crawl(site.url, render=True)
    with database:
        found = rows(database, "select url, outcome, detail, at from fetches order by at")
    seen = {name: next((str(o) for url, o, *_ in found if f"-{name}." in str(url)), "nothing") for name in pages}
    for name, outcome in EXPECTED.items():
        proof.claim(f"{name} ends as {' or '.join(sorted(outcome))}", seen[name] in outcome, seen[name])
    times = [row[3] for row in found]
    longest = max((b - a).total_seconds() for a, b in itertools.pairwise(times))  # type: ignore[operator]
    proof.claim(f"each within {SECONDS_A_PAGE:g} s", longest < SECONDS_A_PAGE, f"{longest:.1f} s, all in {took:.0f} s")


EXPECTED = {
    "endless": {"stored"},
    "blocked": {"stored"},
    "spinning": {"render_timeout"},
    "huge": {"too_large"},
    "wide": {"render_crashed", "render_timeout", "too_large"},
    "windows": {"stored"},
    "hungry": {"render_crashed"},
    "nested": {"render_crashed", "render_timeout"},
    "endless-download": {"stored"},
    "well-behaved": {"stored"},
}


def prove_ends(proof: Proof, world: World) -> None:
    """A browser that dies is replaced; one whose crawl ends, is stopped or is killed does not stay behind."""
    pages: dict[str, str | Callable[..., None]] = {"slow": scripted("setInterval(() => fetch('/never'), 100)", seed=0)}
    pages |= {f"s{n}": scripted(seed=n) for n in (1, 2)}
    for name, end in {"SIGTERM": signal.SIGTERM, "kill -9": signal.SIGKILL}.items():
        with Site(PUBLIC) as site:
            paths = outlet(site, pages)
            site.behave("/never", faults.stall())
            running = start(world.environment(site.url, render=True))
            site.wait_for("/never", timeout=60)
            there = browsers(running.pid)
            began = time.monotonic()
            running.send_signal(end)
            running.wait(timeout=30)
            took = time.monotonic() - began
            proof.claim(
                f"{name}: no browser stays behind", bool(there) and are_gone(there), f"{len(there)}, {took:.1f} s"
            )
            proof.claim(f"{name}: the page is not lost", not site.asked(paths[1]))
    with Site(PUBLIC) as site:
        outlet(site, pages)
        site.behave("/never", faults.stall())
        environment = world.environment(site.url, render=True)
        running = start(environment)
        site.wait_for("/never", timeout=60)
        for process in browsers(running.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        _, err = running.communicate(timeout=120)
    with Database(environment["DATELINE_DATABASE_URL"], 1) as database:
        found = rows(database, "select outcome from fetches where page_id is not null order by at")
    proof.claim("a browser that was killed is replaced", found[-2:] == [("stored",), ("stored",)], found or err)


PROOFS: dict[str, Callable[[Proof, World], None]] = {
    "text": prove_text,
    "guard": prove_guard,
    "bounds": prove_bounds,
    "ends": prove_ends,
    "switches": prove_switches,
    "cost": prove_cost,
}


def main() -> int:
    """Run the proofs named, or all."""
    if find_spec("scrapy_playwright") is None:
        sys.exit('proof: nothing to render with; pip install "dateline[render]"')
    proof = Proof()
    with world() as there:
        for name in sys.argv[1:] or PROOFS:
            print(f"{name}:", flush=True)
            PROOFS[name](proof, there)
    print("every claim holds" if not proof.failed else f"{proof.failed} claims fail")
    return int(proof.failed > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
