"""Give the public suites of URLs to ours: is only BadUrl raised, are forms fixed points, has every difference a reason?

    python -m tests.proofs.urls FOLDER

Read are FOLDER/urls/*.json (the URL tests of web-platform-tests, and urlcanon's) and
FOLDER/strings/big-list-of-naughty-strings.json. Every string in them, and the naughty ones as URL, link, path, query
and host too, goes through check, canonical, resolve and believable. Where a suite says what comes out, ours is held
against it; a difference must have one of the reasons below, which are rules and no lists of cases. Exit 0 when all is
as it should be, else 1.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from pipelines.twins import believable, is_twin
from pipelines.urls import BadUrl, canonical, check, resolve

PAGE = "https://gazette.example/world/a-story"
PLACES = ("{}", "//{}", "https://gazette.example/{}", "https://gazette.example/{}/../b", "https://gazette.example/?{}",
          "https://gazette.example/?q={}", "https://{}/", "https://{}.example/a")  # fmt: skip
EXAMPLES = 3  # of a reason
MOST_AT_ONCE = 4  # reasons of one difference


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a suite says of a text: the URL that comes out, None for none."""

    suite: str
    ours: Callable[[str], str]
    text: str
    theirs: str | None


@dataclass(slots=True)
class Tally:
    """What has been seen so far."""

    strings: int = 0
    accepted: int = 0
    same: Counter[str] = field(default_factory=Counter)  # by suite
    different: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # one line for each difference
    faults: list[str] = field(default_factory=list)


def link_on(base: str | None) -> Callable[[str], str]:
    """What a text leads to on a page, or by itself. Raises BadUrl, with the reason where resolve gives None."""

    def ours(text: str) -> str:
        if base is None:
            return check(text)
        target = resolve(base, text)
        if target is None:
            refused(base, text)
        return target or ""

    return ours


def refused(base: str, text: str) -> None:
    """Raise the BadUrl that tells why a link leads nowhere."""
    if not text.strip() or text.strip().startswith("#"):
        raise BadUrl("the page itself", text)
    try:
        check(urljoin(base, text))
    except BadUrl:
        raise
    except ValueError as error:
        raise BadUrl("not a URL", text) from error


def address(text: str) -> str:
    """The canonical form of a URL whose host is an IPv4 address. Raises BadUrl for all others."""
    form = canonical(text)
    if not is_numeric("", form):
        raise BadUrl("a name, no address", text)
    return form


def opinions(folder: Path) -> Iterator[Opinion]:
    """All that the suites say."""
    for name in ("wpt-urltestdata", "urlcanon-urltestdata"):
        for row in read(folder, name):
            if isinstance(row, dict):  # strings are comments
                yield Opinion(name, link_on(row.get("base")), row["input"], None if "failure" in row else row["href"])
    forms = {"semantic_precise": canonical, "aggressive": canonical, "supplemental_whatwg": check}
    for name, form in forms.items():
        for text, theirs in read(folder, f"urlcanon-{name}").items():
            yield Opinion(f"urlcanon-{name}", form, as_text(text), as_text(theirs))
    for path, theirs in read(folder, "urlcanon-path_dots")["special"].items():
        yield Opinion(
            "urlcanon-path_dots", canonical, f"http://gazette.example{path}", f"http://gazette.example{theirs}"
        )
    for host, theirs in read(folder, "urlcanon-funky_ipv4").items():
        yield Opinion("urlcanon-funky_ipv4", address, f"http://{host}/", theirs and f"http://{theirs}/")


def read(folder: Path, name: str) -> Any:
    """The JSON of a suite."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def as_text(octets: str) -> str:
    """What urlcanon writes as one character an octet."""
    try:
        return octets.encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # written as text after all
        return octets


# Refused by us alone: the reason, the beginning of what BadUrl says, and what must hold of the text and of theirs.
Holds = Callable[[str, str], bool]


def is_numeric(_: str, theirs: str) -> bool:
    """Whether the host ends in a number, which the URL Standard takes for an IPv4 address."""
    last = (urlsplit(theirs).hostname or "").rpartition(".")[2]
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last) is not None


REFUSALS: tuple[tuple[str, str, Holds], ...] = (
    ("scheme we do not fetch", "", lambda _, theirs: not theirs.startswith(("http:", "https:"))),
    ("no scheme: none is guessed", "not an http", lambda text, _: re.match(r"\s*https?:", text) is None),
    ("link to the page itself: leads nowhere", "the page itself", lambda *_: True),
    ("user name in it, if an empty one", "", lambda text, theirs: has_user(text) or has_user(theirs)),
    ("other than two slashes after the scheme: a slip", "URL without", lambda text, _: not is_slashed(text)),
    ("numeric host in a form that no site has", "URL whose host", is_numeric),
    ("host of other than letters, digits and hyphens", "URL whose host", lambda _, theirs: is_no_name(theirs)),
    ("octets that are no text", "not a URL", lambda text, _: not is_text(text)),
)


def has_user(text: str) -> bool:
    return re.match(r"\s*[a-zA-Z]+:[/\\]*[^/?#]*@", text) is not None


def is_slashed(text: str) -> bool:
    return re.match(r"\s*https?://[^/]", text) is not None


def is_text(text: str) -> bool:
    """Whether there are no lone surrogates in it."""
    return text.encode(errors="ignore").decode() == text


def is_no_name(theirs: str) -> bool:
    """Whether a host has an empty label or a character that names have not."""
    host = urlsplit(theirs).netloc.rpartition("@")[2]
    return re.fullmatch(r"(?:[\w-]+\.)*[\w-]+\.?", host, re.ASCII) is None


def unescaped(url: str) -> str:
    """Without any escapes, of escapes neither."""
    while (fewer := unquote(url, errors="surrogateescape")) != url:
        url = fewer
    return url


def escaped(url: str) -> str:
    """With escapes for what the URL Standard leaves as it is, and we do not."""
    return re.sub(r"[\[\]{}|^`\"'<>\\]", lambda found: f"%{ord(found[0]):02X}", url)


def sorted_query(url: str) -> str:
    head, mark, query = url.partition("?")
    return head + mark + "&".join(sorted(query.split("&")))


def tidy(url: str) -> str:
    """The canonical form, where it is of the same host."""
    try:
        form = canonical(url)
    except BadUrl:
        return url
    return form if urlsplit(form).netloc == urlsplit(url).netloc else url


# Accepted by both: the reason, and what makes the two equal if it is the whole difference.
LEVELLERS: dict[str, Callable[[str], str]] = {
    # The case is first, so that sorting comes after it.
    "case kept: sites exist where it matters": str.lower,
    "fragment: never sent": lambda url: urldefrag(url)[0],
    "empty query: the same as none": lambda url: url.removesuffix("?"),
    "% alone: escaped": lambda url: re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url),
    "more escaped than the URL Standard asks for": escaped,
    "backslash: a slash to the URL Standard": lambda url: url.replace("\\", "/"),
    "dots after the host's name: dropped": lambda url: re.sub(r"^(https?://[^/:]*?)\.+(?=[/:])", r"\1", url),
    "dot segments and needless escapes: left to canonical": tidy,
    "escapes of reserved characters and of escapes: they mean something": unescaped,
    "order of parameters kept: sites exist where it matters": sorted_query,
    "empty segments kept: sites exist where they matter": lambda url: re.sub(r"(?<!:)//+", "/", url),
    "trailing slash kept: sites exist where it matters": lambda url: url.removesuffix("/"),
    "https kept: sites exist where it matters": lambda url: re.sub(r"^https:", "http:", url),
    "www kept: sites exist where it matters": lambda url: re.sub(r"//www\d*\.", "//", url),
}


def reason(opinion: Opinion, ours: str | None, why: str) -> str | None:
    """Why ours differs from theirs; None where there is no reason for it."""
    text, theirs = opinion.text, opinion.theirs
    if theirs is None:
        return None
    if ours is None:
        return next((name for name, said, holds in REFUSALS if why.startswith(said) and holds(text, theirs)), None)
    for count in range(1, MOST_AT_ONCE + 1):
        for names in combinations(LEVELLERS, count):
            if levelled(ours, names) == levelled(theirs, names):
                return "; ".join(names)
    return None


def levelled(url: str, names: Iterable[str]) -> str:
    for name in names:
        url = LEVELLERS[name](url)
    return url


def compare(opinion: Opinion, tally: Tally) -> None:
    """Hold ours against theirs."""
    why, ours = "", None
    try:
        ours = opinion.ours(opinion.text)
    except BadUrl as error:
        why = error.why
    if ours == opinion.theirs:
        tally.same[opinion.suite] += 1
        return
    tally.different[opinion.suite] += 1
    line = f"{opinion.text!r}: {opinion.theirs} theirs, {ours or why} ours"
    found = reason(opinion, ours, why)
    if found is None:
        tally.faults.append(f"no reason: {opinion.suite}, {line}")
    else:
        tally.reasons[found].append(line)


def strings(value: Any) -> Iterator[str]:
    """All strings in a JSON value, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for member in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from strings(member)


def every_string(folder: Path) -> set[str]:
    """What is sent through all functions."""
    suites = {text for file in (folder / "urls").glob("*.json") for text in strings(read(file.parent, file.stem))}
    naughty = read(folder / "strings", "big-list-of-naughty-strings")
    return suites | {place.replace("{}", text) for place in PLACES for text in naughty}


def sweep(text: str, tally: Tally) -> None:
    """Send a text through all functions."""
    tally.strings += 1
    for form in (check, canonical):
        try:
            once = form(text)
            if form(once) != once or not is_twin(once, once):
                tally.faults.append(f"{form.__name__} of {text!r} is {once!r}, of that {form(once)!r}")
            tally.accepted += form is check
        except BadUrl as error:
            if "\n" in str(error):
                tally.faults.append(f"refused in two lines: {text!r}")
    resolve(PAGE, text)
    believable(PAGE, text)


def report(tally: Tally) -> int:
    """Print what was seen; 1 if anything is not as it should be."""
    print(f"{tally.strings} strings sent through all functions, {tally.accepted} of them accepted as URLs")
    for suite in tally.same | tally.different:
        print(f"{suite}: {tally.same[suite]} as theirs, {tally.different[suite]} not")
    for name, lines in sorted(tally.reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(lines):5} {name}")
        for line in lines[:EXAMPLES]:
            print(f"        {line[:200]}")
    for fault in tally.faults[:50]:
        print(f"FAULT {fault}")
    print(f"{len(tally.faults)} faults")
    return int(bool(tally.faults))


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    folder = cli.parse_args().folder
    tally = Tally()
    for text in sorted(every_string(folder)):
        try:
            sweep(text, tally)
        except Exception as error:  # noqa: BLE001 - what the proof looks for
            tally.faults.append(f"{type(error).__name__} by {text!r}: {error}")
    for opinion in opinions(folder / "urls"):
        compare(opinion, tally)
    return report(tally)


if __name__ == "__main__":
    sys.exit(main())
