"""What a site and a page say, to machines, may not be done with them; docs/rights.md tells what each name means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, Literal, cast

from pipelines import robotstxt, urls
from pipelines.records import Article

OptOut = Literal[
    "noindex", "noarchive", "nosnippet", "unavailable", "noai", "noimageai", "tdm", "ai_training", "ai_input",
    "search", "rsl",
]  # fmt: skip
Link = tuple[str, str, str]  # rel, type, href of a link element or header

PRODUCT = "dateline"  # our token in robots.txt, X-Robots-Tag and meta elements
MOST_SAID = 20_000  # characters of all headers, or meta elements, of one name
MOST_LICENCES = 50  # links that are looked at
LONGEST_DATE = 60  # characters
RSL_TYPE = "application/rsl+xml"

DIRECTIVES: Mapping[str, OptOut] = {
    "noindex": "noindex",
    "none": "noindex",
    "noarchive": "noarchive",
    "nocache": "noarchive",  # Bing's name for it
    "nosnippet": "nosnippet",
    "noai": "noai",
    "noml": "noai",  # Mojeek's name for it
    "noimageai": "noimageai",
}
VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
# The uses of Content-Signal (yes or no) and Content-Usage (y or n, in this and earlier drafts).
USES: Mapping[str, OptOut] = {
    "search": "search",
    "ai-input": "ai_input",
    "ai-use": "ai_input",
    "ai-train": "ai_training",
    "train-ai": "ai_training",
    "train-genai": "ai_training",
}
# Who gathers pages to train models on, and who to answer questions from them, by what their operators say.
TRAINERS = {
    "OpenAI": "gptbot",
    "Anthropic": "claudebot anthropic-ai claude-web",
    "Common Crawl": "ccbot",
    "Google, Apple, Amazon": "google-extended applebot-extended amazonbot",
    "Meta": "meta-externalagent facebookbot",
    "ByteDance, Huawei": "bytespider pangubot",
    "Cohere": "cohere-ai cohere-training-data-crawler",
    "Allen Institute, LAION": "ai2bot ai2bot-dolma laiondownloader img2dataset",
    "Webz.io": "webzio-extended",
}
ANSWERERS = {
    "OpenAI": "oai-searchbot chatgpt-user",
    "Anthropic": "claude-searchbot claude-user",
    "Perplexity": "perplexitybot perplexity-user",
    "Meta, Mistral, You.com, DuckDuckGo": "meta-externalfetcher mistralai-user youbot duckassistbot",
}
AGENTS: Mapping[str, OptOut] = {
    **dict.fromkeys(" ".join(TRAINERS.values()).split(), "ai_training"),
    **dict.fromkeys(" ".join(ANSWERERS.values()).split(), "ai_input"),
}

_WEEKDAY = re.compile(r"(unavailable_after\s*:\s*)(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\s*,", re.IGNORECASE)
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_PARAMETER = re.compile(r""";\s*(rel|type)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))""", re.IGNORECASE)
_LICENSE_LINE = re.compile(r"^[ \t]*license[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rights:
    """What is opted out of, the licence that is offered, and the policy of who reserves text and data mining."""

    opt_outs: frozenset[OptOut] = frozenset()
    license_url: str | None = None
    policy_url: str | None = None

    def __or__(self, other: Rights) -> Rights:
        """All that either says; of two licences an RSL licence, else the left one's, so the nearest goes left.

        Nothing said in one place takes back what another says: the draft on AI preferences combines them so
        (draft-ietf-aipref-vocab, "Combining Preferences"). TDMRep would let a page's 0 overrule a file's 1 (final
        report, "Processing priority"); one doubtful page less is the smaller fault.
        """
        mine, theirs = self.license_url, other.license_url
        if "rsl" in other.opt_outs and "rsl" not in self.opt_outs:
            mine, theirs = theirs, mine
        return Rights(self.opt_outs | other.opt_outs, mine or theirs, self.policy_url or other.policy_url)


NOTHING = Rights()


def merged(article: Article, found: Rights) -> Article:
    """The article with what its site's headers, robots.txt and tdmrep.json say added to what its page says."""
    said = Rights(frozenset(cast(tuple[OptOut, ...], article.opt_outs)), article.license_url) | found
    return replace(article, opt_outs=tuple(sorted(said.opt_outs)), license_url=said.license_url)


def of_headers(headers: Sequence[tuple[str, str]], now: datetime, url: str = "") -> Rights:
    """What the headers of an answer say of it; `url` is what answered, for relative links. Never raises.

    X-Robots-Tag (Google, "Robots meta tag specifications"), noai and noimageai in it (DeviantArt), tdm-reservation and
    tdm-policy (TDMRep, "TDM Header Field in HTTP Responses"), Content-Usage (draft-ietf-aipref-attach, "HTTP
    Content-Usage Header Field"), Content-Signal, and Link with rel=license (RSL 1.0 and RFC 8288).
    """

    def said(name: str) -> str:
        return "\n".join(value.replace("\n", " ") for key, value in headers if key.lower() == name)[:MOST_SAID]

    links = [_link(found[1], found[2]) for found in _LINK.finditer(said("link"))]
    return (
        Rights(_directives(said("x-robots-tag"), now))
        | _reserved(re.split("[\n,]", said("tdm-reservation")), said("tdm-policy").partition("\n")[0], url)
        | Rights(_refused(said("content-usage")) | _refused(said("content-signal")))
        | _licensed(links, url)
    )


def of_page(meta: Mapping[str, tuple[str, ...]], links: Iterable[Link], now: datetime, url: str = "") -> Rights:
    """What the head of a page says: meta contents by lower-case name; links, the most trusted first. Never raises.

    `<meta name="robots">` and one with our own name (as in the header), `tdm-reservation` and `tdm-policy` (TDMRep,
    "TDM Metadata in HTML Content"), links with rel=license: RSL's by their type, all others as the page's licence.
    """
    said = "\n".join(value.replace("\n", " ") for name in ("robots", PRODUCT) for value in meta.get(name, ()))
    policy = next(iter(meta.get("tdm-policy", ())), "")
    return (
        Rights(_directives(said[:MOST_SAID], now))
        | _reserved(meta.get("tdm-reservation", ()), policy, url)
        | _licensed(links, url)
    )


def of_robots(text: str, path: str) -> Rights:
    """What robots.txt says of a path with its query, besides whether we may fetch it. Never raises.

    Content-Signal lines (contentsignals.org) and Content-Usage lines (draft-ietf-aipref-attach, "Robots Exclusion
    Protocol Content-Usage Rule") of our own group or else of all agents'; License lines, which are for all (RSL 1.0,
    "Adding RSL to robots.txt"); and agents of AI companies that are disallowed. One such agent is enough: who turns one
    trainer away and has a contract with another has none with us. An agent counts where a group names it; what is
    disallowed to all agents says nothing about AI.
    """
    groups, path = list(robotstxt.parse(text)), robotstxt.readable(path)
    agents = frozenset(AGENTS[agent] for agent in robotstxt.turned_away(groups, path, AGENTS))
    uses = agents.union(*map(_refused, robotstxt.said(groups, path, PRODUCT)))
    licences = (("license", RSL_TYPE, found[1]) for found in _LICENSE_LINE.finditer(text.replace("\r", "\n")))
    valid = (link for link in islice(licences, MOST_LICENCES) if urls.resolve("", link[2]))  # "License: MIT" is none
    return Rights(uses) | _licensed(valid, "")


def of_tdmrep(body: bytes, path: str) -> Rights:
    """What /.well-known/tdmrep.json says of a path: its first rule that matches. Never raises.

    TDMRep, "TDM File on the Origin Server": an array of objects with location (a pattern as in robots.txt),
    tdm-reservation (1 or 0) and, where it is 1, maybe tdm-policy (a URL).
    """
    try:
        rules = json.loads(body)
    except (ValueError, RecursionError):
        return NOTHING
    path = robotstxt.readable(path)
    for rule in rules if isinstance(rules, list) else [rules]:
        location = rule.get("location") if isinstance(rule, dict) else None
        if isinstance(location, str) and location and robotstxt.matches(location, path):
            return _reserved([rule.get("tdm-reservation")], rule.get("tdm-policy"), "")
    return NOTHING


def _directives(said: str, now: datetime) -> frozenset[OptOut]:
    """Lines of comma lists; "name:" before a directive gives it, and what follows, to the agent of that name."""
    found: set[OptOut] = set()
    for line in _WEEKDAY.sub(r"\1", said).split("\n"):
        ours = True
        for item in line.lower().replace(";", ",").split(","):
            name, colon, value = (part.strip() for part in item.partition(":"))
            if colon and name not in VALUED:
                ours = name == PRODUCT
                name, _, value = (part.strip() for part in value.partition(":"))
            if ours:
                found.update(_directive(name, value, now))
    return frozenset(found)


def _directive(name: str, value: str, now: datetime) -> Iterator[OptOut]:
    if name == "unavailable_after":
        if _is_past(value, now):
            yield "unavailable"
    elif name == "max-snippet":
        if value == "0":
            yield "nosnippet"
    else:  # many leave the commas out
        yield from (DIRECTIVES[word] for word in name.split() if word in DIRECTIVES)


def _is_past(value: str, now: datetime) -> bool:
    """Whether a date in ISO 8601 or the forms of RFC 822 and 850 is over; of a bare date, whether its day is."""
    value = value[:LONGEST_DATE].upper()
    for form in (_end_of_day, datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _aware(form(value)) <= _aware(now)
        except (ValueError, TypeError, IndexError, OverflowError):  # what the parsers know to raise on what is no date
            continue
    return False


def _end_of_day(value: str) -> datetime:
    return datetime.combine(date.fromisoformat(value) + timedelta(days=1), datetime.min.time())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _reserved(values: Iterable[Any], policy: Any, url: str) -> Rights:
    """TDMRep, "tdm-reservation": 1 reserves, and all else does not. A policy counts only beside a 1."""
    if not any((value.strip() if isinstance(value, str) else value) in (1, "1") for value in values):
        return NOTHING
    return Rights(frozenset({"tdm"}), policy_url=urls.resolve(url, policy) if isinstance(policy, str) else None)


def _refused(said: str) -> frozenset[OptOut]:
    """The uses that a dictionary such as "search=yes, ai-train=no" refuses; of a key said twice the last counts.

    RFC 9651 section 3.2, but whatever its letters' case, and parameters after a semicolon are not read.
    """
    pairs = (item.partition(";")[0].partition("=") for item in said.lower().replace("\n", ",").split(","))
    last = {key.strip(): value.strip() for key, _, value in pairs}
    return frozenset(name for key, name in USES.items() if last.get(key) in ("n", "no"))


def _link(target: str, parameters: str) -> Link:
    """One link of a Link header (RFC 8288 section 3)."""
    said = {found[1].lower(): found[2] or found[3] or "" for found in _PARAMETER.finditer(parameters)}
    return said.get("rel", ""), said.get("type", ""), target


def _licensed(links: Iterable[Link], url: str) -> Rights:
    """The first RSL licence, or else the first licence of any kind."""
    licences = list(islice((link for link in links if "license" in link[0].lower().split()), MOST_LICENCES))
    rsl = [link for link in licences if link[1].strip().lower().startswith(RSL_TYPE)]
    targets = (urls.resolve(url, href) for _, _, href in rsl or licences)
    return Rights(frozenset({"rsl"} if rsl else ()), license_url=next(filter(None, targets), None))
