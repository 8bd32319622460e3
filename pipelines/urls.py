"""URLs: which are accepted, where a link leads, and the one form a story is known by."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import idna
from w3lib.url import parse_url, safe_url_string

from pipelines import amp, tracking

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_LENGTH = 2_000  # characters, encoded; the longest that browsers, servers and sitemaps agree on is 2,048
DEFAULT_PORTS = {"http": 80, "https": 443}

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
# What nearly every link looks like: nothing in it needs encoding, and the parsers take 40 times as long.
_PLAIN = re.compile(
    r"https?://(?=[^/]{1,253}/)(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}/"
    r"(?:[\w.~/!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*(?:\?(?:[\w.~/!$&()*+,;=:@?-]|%[0-9A-Fa-f]{2})+)?",
    re.ASCII,
)
_TO_TIDY = re.compile(r"[?%;(]|/\.")  # queries, escapes, session ids and dot segments begin with one of these
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_PATH = re.compile(r"[^?#]*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class BadUrl(ValueError):
    """A URL that is not asked for; its message is one line that says why and shows the URL's beginning."""

    def __init__(self, why: str, url: str) -> None:
        self.why, self.url = why, url
        super().__init__(why, url)  # both, so that it can be pickled

    def __str__(self) -> str:
        return f"{self.why}: {self.url if len(self.url) <= 80 else self.url[:79] + '…'!r}"


def check(url: str) -> str:
    """The URL as it is asked for: host in lower case and ASCII, all else encoded, no fragment.

    Encoding follows the URL Standard as w3lib reads it, which is what Scrapy sends. Raises BadUrl for text
    that is no URL, other schemes than http and https, no host or one that cannot be a name, user names and
    passwords, and more than MAX_LENGTH characters.
    """
    text = url.strip()
    if not text:
        raise BadUrl("no URL", url)
    if len(text) > MAX_LENGTH:
        raise BadUrl(f"URL of {len(text):,} characters, more than {MAX_LENGTH:,}", url)
    if _PLAIN.fullmatch(text):
        return text
    try:
        asked = _encoded(text)
    except BadUrl:
        raise
    except ValueError as error:  # brackets that do not close, a port out of range, lone surrogates
        raise BadUrl("not a URL", url) from error
    if len(asked) > MAX_LENGTH:
        raise BadUrl(f"URL of {len(asked):,} characters once encoded, more than {MAX_LENGTH:,}", url)
    return asked


def _encoded(url: str) -> str:
    parts = urlsplit(safe_url_string(url))
    if parts.scheme not in DEFAULT_PORTS:
        raise BadUrl("not an http:// or https:// URL", url)
    if not parts.hostname:
        raise BadUrl("URL without a host", url)
    if "@" in parts.netloc:
        raise BadUrl("URL with a user name or password in it", url)
    try:
        # Read from the text as it came: w3lib encodes names by IDNA 2003, to which a German ß is two s.
        netloc = _ascii_host(parse_url(url).hostname or "")
    except ValueError as error:
        raise BadUrl("URL whose host cannot be a host's name", url) from error
    if parts.port not in (None, DEFAULT_PORTS[parts.scheme]):
        netloc += f":{parts.port}"
    asked = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    return _LONE_PERCENT.sub("%25", asked)


def _ascii_host(name: str) -> str:
    """Lower case without escapes, IDNA 2008 as browsers map it, IPv6 shortest in brackets. Raises ValueError."""
    if ":" in name:
        address = ipaddress.IPv6Address(name)
        if address.scope_id is not None:
            raise ValueError("a zone index means something on one machine only")
        return f"[{address.compressed}]"
    name = unquote(name).rstrip(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except idna.IDNAError:
            name = name.encode("idna").decode()  # emoji and the like: refused by IDNA 2008, and yet registered
    name = name.lower()
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(name))  # 127.1, 0x7f.1 and the like are nobody's way to name a site
    if not _HOST.fullmatch(name):
        raise ValueError("not labels of at most 63 letters, digits and hyphens")
    return name


def resolve(base: str, href: str) -> str | None:
    """Where a link on the page `base` leads, checked; None where it leads nowhere that can be asked for."""
    target = href.strip()
    if not target.strip("/\\") and len(target) > 1:
        return None  # "//" names no host
    if not target or target.startswith("#"):
        return None
    try:
        return check(target if _ABSOLUTE.match(target) else urljoin(base, _slashed(target)))
    except ValueError:  # BadUrl is one; urljoin raises others for brackets that do not close
        return None


def _slashed(href: str) -> str:
    """A link with its slashes as the URL Standard reads them: backslashes are some, and ///host is //host."""
    if "\\" not in href and not href.startswith("///"):
        return href
    return _PATH.sub(lambda path: re.sub(r"^//+", "//", path[0].replace("\\", "/")), href, count=1)


def canonical(url: str) -> str:
    """The form a story is known by: equal for two URLs only where every site is sure to show the same page.

    RFC 3986 section 6.2 (case, percent-encoding, dot segments, default port), no parameter of the tables in
    tracking.py, session id or fragment, and the page itself for a copy in an AMP cache. Trailing slashes, order
    and case of the rest, www and http stay as they are, since sites exist where they matter. Idempotent; raises
    BadUrl as check does.
    """
    form = _tidy(check(url))
    while inner := _copied(form):  # of a copy's copy; each has the shorter path, so that this ends
        form = inner
    return form


def _tidy(asked: str) -> str:
    if not _TO_TIDY.search(asked):
        return asked
    parts = urlsplit(asked)
    path = _without_dots(tracking.without_session(_normal_escapes(parts.path)))
    pairs = _normal_escapes(parts.query).split("&")
    query = "&".join(pair for pair in pairs if pair and not tracking.says_nothing(pair))
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def _copied(form: str) -> str | None:
    """The tidy address of the page that an AMP cache copied; None where this is no copy of one that has any."""
    address = amp.original(form)
    try:
        return _tidy(check(address)) if address else None
    except BadUrl:
        return None


def _normal_escapes(text: str) -> str:
    """RFC 3986 section 6.2.2.2: what needs no escape has none, all others are in capitals."""

    def normal(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.match(character) else escape[0].upper()

    return _ESCAPE.sub(normal, text) if "%" in text else text


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, for a path that begins with a slash; empty segments are kept."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def sha256(canonical_url: str) -> bytes:
    """The 32 bytes that stand for a canonical URL in unique indexes, which cannot hold long text."""
    return hashlib.sha256(canonical_url.encode()).digest()


def host(url: str) -> str:
    """The host of a checked URL, without its port; "" where there is none."""
    return urlsplit(url).hostname or ""


def same_site(a: str, b: str) -> bool:
    """Whether two checked URLs belong to one registrable domain or, without one, to one address and port."""
    return urlsplit(a).netloc == urlsplit(b).netloc or _site(a) == _site(b)


def _site(url: str) -> str:
    parts = urlsplit(url)
    return registrable_domain(parts.hostname or "") or parts.netloc


@lru_cache(maxsize=4096)
def registrable_domain(name: str) -> str:
    """One label more than the public suffix of a host; "" for an address, one label, and a suffix itself."""
    split = _public_suffixes()(name)
    if split.suffix:
        return split.top_domain_under_public_suffix
    *_, domain, last = ["", *name.split(".")]
    return "" if not domain or ":" in name or last.isdigit() else f"{domain}.{last}"  # the list's own default


@cache
def _public_suffixes() -> TLDExtract:
    """The list that comes with tldextract: no download, no cache folder; blogspot.com and its like count."""
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
