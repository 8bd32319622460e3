"""robots.txt as RFC 9309 reads it: what may be fetched, how often, and where the sitemaps are."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from protego import Protego

from pipelines.urls import BadUrl, check

MAX_BYTES = 500 * 1024  # RFC 9309 section 2.5: at least 500 kibibytes must be parsed
MAX_DELAY = 60.0  # seconds; a longer Crawl-delay is a wish that no crawl of the day's news can meet
MAX_SITEMAPS = 1_000
_SOMEONE_ELSE = "someone else"  # no product token has a space in it, so this group is never ours

_AGENT_LINE = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*([^\s#]*)", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*site-?maps?(?:[ \t]*:|[ \t])[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309 section 2.2.1


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site (one scheme, host and port), or why there are none yet."""

    reason: str | None = None  # why all is disallowed for now; None where the site has spoken
    sitemaps: tuple[str, ...] = ()  # absolute, checked, in the order of the file
    text: str = field(default="", repr=False)
    _rules: dict[str, Protego] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def parse(cls, status: int | None, body: bytes) -> Robots:
        """Rules out of the final answer, redirects followed; status None stands for no answer at all.

        RFC 9309 section 2.3.1: 2xx is parsed; 4xx, and redirects without end, mean that there are no rules;
        5xx and no answer mean disallow all and ask again later. So does 429, which is a wish to be left
        alone, not a missing file.
        """
        if status is None:
            return cls(reason="robots.txt could not be reached")
        if 200 <= status < 300:
            return cls.of(_decode(body))
        if 300 <= status < 500 and status != 429:
            return cls()
        return cls(reason=f"robots.txt answered {status}")

    @classmethod
    def of(cls, text: str, reason: str | None = None, *, ready_for: str | None = None) -> Robots:
        """Rules out of a text decoded before; their parts for the user agent `ready_for` are parsed at once."""
        robots = cls(reason=reason, text=text, sitemaps=_sitemaps(text))
        if ready_for and not robots.deferred:
            robots._rules_for(ready_for)
        return robots

    @property
    def deferred(self) -> bool:
        """Whether all is disallowed only until robots.txt can be read."""
        return self.reason is not None

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether user_agent, a product token or a header that begins with one, may fetch the URL."""
        if self.deferred:
            return False
        return bool(self._rules_for(user_agent).can_fetch(url, _token(user_agent)))

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds to wait between two requests, at most MAX_DELAY; None where the site does not say."""
        if self.deferred:
            return None
        delay = self._rules_for(user_agent).crawl_delay(_token(user_agent))
        return None if delay is None else min(float(delay), MAX_DELAY)

    def _rules_for(self, user_agent: str) -> Protego:
        token = _token(user_agent)
        if token not in self._rules:
            self._rules[token] = Protego.parse(_for_agent(self.text, token))
        return self._rules[token]


def _token(user_agent: str) -> str:
    """The product token a User-Agent header begins with, in lower case."""
    found = _TOKEN.match(user_agent)
    return found[0].lower() if found else ""


def _for_agent(text: str, token: str) -> str:
    """The file with all other agents made one.

    Protego copies each rule to each agent of its group, and 100 kB of agents and rules took it a minute; it
    also finds our token in any name that it contains, where RFC 9309 wants the whole token.
    """

    def line_for_agent(line: str) -> str:
        named = _AGENT_LINE.match(line)
        if not named:
            return line
        name = named[1] if named[1] == "*" else _token(named[1])
        return f"user-agent: {name if name in ('*', token) else _SOMEONE_ELSE}"

    return "\n".join(map(line_for_agent, text.splitlines()))


def _decode(body: bytes) -> str:
    """The first MAX_BYTES as text, cut at the end of a line: half a rule is another rule."""
    if len(body) > MAX_BYTES:
        kept = body[:MAX_BYTES]
        body = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _sitemaps(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}  # a set that keeps the order
    for named in _SITEMAP_LINE.finditer(text):
        try:
            found[check(named[1])] = None
        except BadUrl:
            continue  # relative, or no URL: RFC 9309 knows no base for it
        if len(found) == MAX_SITEMAPS:
            break
    return tuple(found)
