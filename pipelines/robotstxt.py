"""robots.txt as its groups: who is turned away from a path, and what is said there about the use of pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from pipelines import urls

_LINE = re.compile(
    r"^[ \t]*(user[ -]?agent|disallow|allow|content-signal|content-usage)[ \t]*:[ \t]*([^#\n]*)",
    re.IGNORECASE | re.MULTILINE,
)


class Rule(NamedTuple):
    """A line of a group; `said` is what a Content-Signal or Content-Usage line says of the paths of its pattern."""

    field: str
    pattern: str
    said: str = ""


class Group(NamedTuple):
    """Rules, and the agents they are for: tokens in lower case, or *."""

    agents: frozenset[str]
    rules: list[Rule]


def parse(text: str) -> Iterator[Group]:
    """The groups of robots.txt (RFC 9309 section 2.2); rules before the first are taken to be for all agents."""
    agents, rules, naming = ["*"], list[Rule](), False
    for field, value in _LINE.findall(text.replace("\r", "\n").removeprefix("\ufeff")):
        if field[0] not in "Uu":
            naming = False
            rules.append(_rule(field.lower(), value.strip()))
            continue
        if not naming:
            yield Group(frozenset(agents), rules)
            agents, rules, naming = [], [], True
        agents.append(value.partition("/")[0].strip().lower())  # GPTBot/1.2 is GPTBot
    yield Group(frozenset(agents), rules)


def _rule(field: str, value: str) -> Rule:
    if not field.startswith("content-"):
        return Rule(field, value)
    if value[:1] not in ("/", "*"):  # Cloudflare's lines name no path
        return Rule(field, "", value)
    pattern, *said = value.split(None, 1)
    return Rule(field, pattern, *said)


def turned_away(groups: Iterable[Group], path: str, agents: Iterable[str]) -> frozenset[str]:
    """Those of the agents to whom a group of their own disallows the path; what is said to all (*) does not count."""
    verdicts: dict[str, tuple[int, bool]] = {}
    wanted = frozenset(agents)
    for group in groups:
        if named := group.agents & wanted:
            verdict = _verdict(group.rules, path)  # once for all of its agents
            verdicts.update({agent: max(verdict, verdicts.get(agent, verdict)) for agent in named})
    return frozenset(agent for agent, (_, allowed) in verdicts.items() if not allowed)


def _verdict(rules: Iterable[Rule], path: str) -> tuple[int, bool]:
    """The length of the longest rule that matches, and whether it allows; of two as long the one that does."""
    access = (rule for rule in rules if rule.field in ("allow", "disallow") and rule.pattern)
    return max(((len(r.pattern), r.field == "allow") for r in access if matches(r.pattern, path)), default=(0, True))


def said(groups: Sequence[Group], path: str, agent: str) -> Iterator[str]:
    """What holds for the path and an agent: its longest Content-Signal and Content-Usage, of those as long each.

    An agent's own groups hold, or else those for all (RFC 9309 section 2.2.1).
    """
    own = [group for group in groups if agent in group.agents] or [group for group in groups if "*" in group.agents]
    for field in ("content-signal", "content-usage"):
        rules = [rule for group in own for rule in group.rules if rule.field == field and matches(rule.pattern, path)]
        longest = max((len(rule.pattern) for rule in rules), default=0)
        yield from (rule.said for rule in rules if len(rule.pattern) == longest)


def readable(path: str) -> str:
    """A path as patterns are compared with it: without percent escapes, and no longer than a URL."""
    return unquote(path[: urls.MAX_LENGTH]) or "/"


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern (RFC 9309 section 2.2.3: a prefix with * and $) matches a readable path.

    The pieces between stars are looked for one after the other: a regular expression would take a time that grows
    with every star.
    """
    if len(pattern) > urls.MAX_LENGTH:
        return False
    head, *pieces = pattern.removesuffix("$").split("*")
    if "%" in pattern:  # after the split: an escaped star or dollar is one of the path
        head, *pieces = map(unquote, (head, *pieces))
    if not path.startswith(head):
        return False
    if not pattern.endswith("$"):
        return _end_of(pieces, path, len(head)) >= 0
    if not pieces:
        return path == head
    at = _end_of(pieces[:-1], path, len(head))
    return at >= 0 and path.endswith(pieces[-1], at)


def _end_of(pieces: Iterable[str], path: str, at: int) -> int:
    """Where the last of the pieces ends that follow one another from a place on; -1 where one is missing."""
    for piece in pieces:
        found = path.find(piece, at)
        if found < 0:
            return -1
        at = found + len(piece)
    return at
