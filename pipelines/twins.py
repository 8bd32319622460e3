"""One story at two addresses: its AMP, mobile and print twins, and which canonical address a page is believed."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from pipelines import urls

# What marks an address as a twin's, in lower case. A twin is known only by its partner, which lacks the mark and is
# the same otherwise: a section called /mobile/ is no harm.
HOST_LABELS = frozenset(["www", "m", "mobile", "mobil", "amp", "touch", "wap"])  # www: what m often stands in for
FIRST_SEGMENTS = frozenset(["m", "mobile", "print"])
LAST_SEGMENTS = frozenset(["print"])
SEGMENTS = frozenset(["amp", "amp.html"])  # anywhere: /amp/world/a-story, /world/amp/a-story, /world/a-story/amp
PARAMETERS = {
    "AMP": "amp amp= amp=1 amp=true isamp=1 _amp=1 _amp=true hs_amp=true output=amp outputtype=amp view=amp type=amp",
    "mobile": "m=1 m=0 mobile=1 mobile=true mobile=y noamp=mobile noamp=1 nonamp=1 view=mobile",
    "print": "print print= print=1 print=true print=yes print=y printable=1 output=print view=print service=print",
}
_PAIRS = frozenset(" ".join(PARAMETERS.values()).split())
_SUFFIX = re.compile(r"\.(?:amp|print)(\.html?)?\Z", re.IGNORECASE)
_FRONT = re.compile(r"/(?:[^/]{0,3}|(?:index|home|default)(?:\.\w+)?)/?")
_ONE_WORD = re.compile(r"[a-z_]*(?:\.\w+)?", re.IGNORECASE)  # story.php, article: what a script is called


def is_twin(one: str, other: str) -> bool:
    """Whether two addresses may be one story's: an AMP, mobile or print form and its ordinary one, or two of these.

    They are, if on one site and equal once the marks of the tables above are taken away; scheme and trailing slash
    do not count. True of equal addresses. Raises BadUrl as urls.check does.
    """
    one, other = urls.canonical(one), urls.canonical(other)
    return urls.same_site(one, other) and not ordinary(one).isdisjoint(ordinary(other))


def believable(url: str, said: str | None) -> str | None:
    """The canonical form of the address that the page at `url` says is its own (rel=canonical), or None.

    `said` may be relative. Broken templates say the front page, the section, or the script of all their stories, and
    one story too many is better than two taken for one: believed is an address of the same site that is not wider
    than the page's own. Raises BadUrl where `url` is none.
    """
    page, target = urls.canonical(url), urls.resolve(url, said or "")
    if target is None:
        return None
    form = urls.canonical(target)
    return form if urls.same_site(page, form) and not _is_wider(form, page) else None


def ordinary(url: str) -> set[tuple[str, int | None, str, str]]:
    """Host, port, path and query of a canonical URL without the marks of twins.

    Two of them where /a.amp.html may be of /a and of /a.html. Twins have one in common.
    """
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if pair.lower() not in _PAIRS)
    return {(_ordinary_host(url), parts.port, path, query) for path in _ordinary_paths(parts.path)}


def _ordinary_host(url: str) -> str:
    name, domain = urls.host(url), urls.registrable_domain(urls.host(url))
    labels = name.removesuffix(domain).split(".")
    return ".".join([*(label for label in labels if label and label not in HOST_LABELS), domain])


def _ordinary_paths(path: str) -> set[str]:
    segments = [segment for segment in path.rstrip("/").split("/")[1:] if segment.lower() not in SEGMENTS]
    if segments and segments[0].lower() in FIRST_SEGMENTS:
        del segments[0]
    if segments and segments[-1].lower() in LAST_SEGMENTS:
        del segments[-1]
    ordinary = "/".join(segments)
    return {_SUFFIX.sub("", ordinary), _SUFFIX.sub(r"\1", ordinary)}


def _is_wider(said: str, page: str) -> bool:
    """Whether an address holds more than the page that says it: a front page, its section, or its script."""
    broad, narrow = urlsplit(said), urlsplit(page)
    if _is_front(broad) and not _is_front(narrow):
        return True
    if is_twin(said, page):
        return False
    if broad.path == narrow.path:
        return bool(narrow.query) and not broad.query and _is_script(broad.path)
    return narrow.path.startswith(broad.path.rstrip("/") + "/")


def _is_script(path: str) -> bool:
    """Whether stories are told apart by the query alone: /story.php?id=7, but not /2026/a-budget?x=y."""
    return _ONE_WORD.fullmatch(path.rstrip("/").rpartition("/")[2]) is not None


def _is_front(parts: SplitResult) -> bool:
    """Whether this is the root, or without a query the front page of a language or an edition."""
    return parts.path == "/" or (not parts.query and _FRONT.fullmatch(parts.path) is not None)
