"""URLs: which are accepted, where a link leads, and the one form a story is known by."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

import idna
from w3lib.url import parse_url, safe_url_string

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_LENGTH = 2_000  # characters, encoded; the longest that browsers, servers and sitemaps agree on is 2,048
DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say how a reader came, never what the page shows, by who sets them. A name stands here only
# if no site is known to choose a page by it: `id`, `p`, `cat`, `page`, `v` and `mod` choose pages and stay.
TRACKING_PREFIXES = {
    "Google Analytics": "utm_",
    "Matomo": "mtm_ pk_ piwik_ matomo_",
    "HubSpot": "hsa_",
    "Webtrekk": "wt_",
    "comScore": "ns_",
    "AT Internet": "at_",
    "Facebook": "fb_",
    "Twitter": "__twitter_",
    "Yahoo": "guce_",
    "teasers on the site itself": "itm_",
}
TRACKING_NAMES = {
    "Google": "gclid gclsrc dclid gbraid wbraid srsltid _ga _gl",
    "Facebook and Instagram": "fbclid igshid igsh action_object_map action_type_map action_ref_map",
    "Microsoft, Yandex, Twitter, TikTok, LinkedIn": "msclkid yclid ysclid _openstat twclid ttclid li_fat_id",
    "Twitter's embedded posts": "ref_src ref_url",
    "Mailchimp, Marketo, HubSpot": "mc_cid mc_eid mkt_tok _hsenc _hsmi",
    "Omeda, Vero": "oly_anon_id oly_enc_id vero_id",
    "Adobe, AT Internet, Yahoo": "s_cid xtor guccounter soc_src soc_trk",
    "newsrooms": "cmpid icid ncid ito smid smtyp emc maca mbid spref sr_share wprov",
}
# Names that choose a page on some sites and name a channel on others: dropped only with a channel's name.
CHANNEL_NAMES = frozenset(["ref", "r", "src", "source", "from", "cmp", "cid", "via", "partner", "referrer"])
CHANNELS = {
    "feeds": "rss rss2 rssfeed atom feed",
    "networks": "facebook fb twitter tw whatsapp telegram linkedin instagram reddit bluesky googlenews",
    "letters": "newsletter email mail push share social",
}
SESSION_NAMES = frozenset(["jsessionid", "phpsessid", "sessionid", "session_id", "cfid", "cftoken", "zenid"])
_SESSION_VALUE_NAMES = frozenset(["sid", "s"])  # dropped only with a value no counter or search would give
_SESSION_VALUE = re.compile(r"[0-9a-fA-F]{32,}")
_SESSION_SUFFIX = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_SESSION_SEGMENT = re.compile(r"/\((?:[A-Za-z]\([\w-]{16,}\))+\)(?=/)")  # ASP.NET without cookies: /(S(…))/

_PREFIXES = tuple(" ".join([*TRACKING_PREFIXES.values(), "aspsessionid"]).split())
_NAMES = SESSION_NAMES.union(*(names.split() for names in TRACKING_NAMES.values()))
_CHANNELS = frozenset(" ".join(CHANNELS.values()).split())

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
    """Lower case, IDNA 2008 as browsers map it, IPv6 shortest in brackets. Raises ValueError."""
    if ":" in name:
        address = ipaddress.IPv6Address(name)
        if address.scope_id is not None:
            raise ValueError("a zone index means something on one machine only")
        return f"[{address.compressed}]"
    name = name.rstrip(".")
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
    if not target or target.startswith("#"):
        return None
    try:
        return check(target if _ABSOLUTE.match(target) else urljoin(base, target.replace("\\", "/")))
    except ValueError:  # BadUrl is one; urljoin raises others for brackets that do not close
        return None


def canonical(url: str) -> str:
    """The form a story is known by: equal for two URLs only where every site is sure to show the same page.

    RFC 3986 section 6.2 (case, percent-encoding, dot segments, default port) and no parameter of the tables
    above, session id or fragment. Trailing slashes, order and case of the rest, www and http stay as they
    are, since sites exist where they matter. Idempotent; raises BadUrl as check does.
    """
    asked = check(url)
    if not _TO_TIDY.search(asked):
        return asked
    parts = urlsplit(asked)
    path = _without_dots(_without_session(_normal_escapes(parts.path)))
    query = "&".join(pair for pair in _normal_escapes(parts.query).split("&") if pair and not _says_nothing(pair))
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def _normal_escapes(text: str) -> str:
    """RFC 3986 section 6.2.2.2: what needs no escape has none, all others are in capitals."""

    def normal(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.match(character) else escape[0].upper()

    return _ESCAPE.sub(normal, text) if "%" in text else text


def _without_session(path: str) -> str:
    return _SESSION_SEGMENT.sub("", _SESSION_SUFFIX.sub("", path))


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


def _says_nothing(pair: str) -> bool:
    """Whether a name=value of a query is tracking or a session id by the tables above."""
    name, _, value = pair.partition("=")
    name = name.lower().removeprefix("amp;")  # what an address escaped twice leaves before the name
    return (
        name in _NAMES
        or name.startswith(_PREFIXES)
        or (name in CHANNEL_NAMES and value.lower() in _CHANNELS)
        or (name in _SESSION_VALUE_NAMES and _SESSION_VALUE.fullmatch(value) is not None)
    )


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
    return _registrable_domain(parts.hostname or "") or parts.netloc


@lru_cache(maxsize=4096)
def _registrable_domain(name: str) -> str:
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
