"""Which of the stored articles tell an article's story: decided from fingerprints and sketches, without SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from pipelines import fingerprints
from pipelines.fingerprints import Likeness, Sketch

# How much of the shorter text must be in the longer. An outlet's own stories share paragraphs of background.
CONTAINED, WITH_AGENCY, SAME_OUTLET = 0.5, 0.35, 0.8
COVERED = 0.2  # of the longer text: a roundup of ten stories is none of them
SAME_PASSAGE = 0.5  # two clusters are one only where an article shares the same words with both
FEW = 2  # fingerprints in common make a candidate
# Two fingerprints that more stories have together, or as many of one outlet, are of a notice under every article.
FREQUENT, FREQUENT_AT_ONE = 8, 3
MOST_STORIES, MOST_ARTICLES = 6, 3  # stories compared with, and articles of each
NEW = 1 << 62  # no cluster of the database has a key so high

Pair = tuple[int, int]


Shared = Mapping[int, frozenset[int]]  # other articles, each with the fingerprints that one has in common with it


class Place(NamedTuple):
    """What an article's page says of where it is from: its outlet, and the agency it credits."""

    source: int
    agency: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """An article to be assigned: its key, its text, the hashes of the shingles of that, their sketch."""

    article: int
    body: str
    shingles: frozenset[int]
    sketch: Sketch

    @classmethod
    def of(cls, article: int, body: str) -> Text:
        """The article with that text."""
        found = fingerprints.shingles(body)
        return cls(article, body, frozenset(found), fingerprints.sketch(found))


class Match(NamedTuple):
    """An article that tells the same story, how much they share, and whether both credit one agency."""

    article: int
    likeness: Likeness
    agency: bool


@dataclass
class Stories:
    """Which articles are one story, while some are assigned: `members` of each cluster, and what becomes of them.

    A story is the key of a cluster or, below zero, that of an article that stands alone. Clusters founded here have
    keys from NEW on. `evidence` is of the articles that entered a cluster, `touched` are the clusters that changed.
    """

    places: Mapping[int, Place]
    members: dict[int, set[int]]
    evidence: dict[int, Match] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    story: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.story = {article: cluster for cluster, articles in self.members.items() for article in articles}

    def of(self, article: int) -> int:
        """The article's story."""
        return self.story.get(article, -article)

    def assign(self, one: Text, shared: Shared, sketches: Mapping[int, Sketch], *, may_leave: bool = True) -> None:
        """Put an article that was stored, or whose text changed, into its cluster, or leave it alone.

        Clusters that the article proves to be one are made one; one that it leaves with one article left is dissolved.
        It stays where it is if it may not leave: its story may not be in the index yet.
        """
        found = self.matches(one, shared, sketches)
        home = self.of(one.article)
        if may_leave and home > 0 and home not in {self.of(match.article) for match in found}:
            self.leave(one.article)
        if found:
            self._join(one.article, found)

    def leave(self, article: int) -> None:
        """Take an article out of its cluster, and dissolve that if only one is left."""
        cluster = self.story.pop(article)
        self.touched.add(cluster)
        self.members[cluster].remove(article)
        if len(self.members[cluster]) < 2:
            for left in self.members.pop(cluster):
                del self.story[left]

    def matches(self, one: Text, shared: Shared, sketches: Mapping[int, Sketch]) -> list[Match]:
        """The articles that tell the story, best first. Those of a cluster count only if two of it agree.

        One that agrees alone may be a roundup, and the cluster about another part of it.
        """
        noise = fingerprints.furniture(one.body, one.sketch.fingerprints, self._frequent(shared))
        known = (other for other in self.candidates(shared) if other in sketches)
        compared = (self._match(one, other, sketches[other], noise) for other in known)
        found = [match for match in compared if match]
        agreeing = Counter(self.of(match.article) for match in found)
        sure = (match for match in found if agreeing[self.of(match.article)] >= min(2, self._others(one, match)))
        return sorted(sure, key=lambda m: (-m.likeness.covered, -m.likeness.contained, m.article))

    def candidates(self, shared: Shared) -> list[int]:
        """The articles worth comparing: those with the most in common that few others have."""
        stories = defaultdict[int, set[int]](set)
        for article, common in shared.items():
            for hash_ in common:
                stories[hash_].add(self.of(article))
        weight = {a: sum(1 / len(stories[h]) for h in common) for a, common in shared.items() if len(common) >= FEW}
        chosen = defaultdict[int, list[int]](list)
        for article in sorted(weight, key=lambda a: (-weight[a], -a)):
            if self.of(article) in chosen or len(chosen) < MOST_STORIES:
                chosen[self.of(article)].append(article)
        return [article for articles in chosen.values() for article in articles[:MOST_ARTICLES]]

    def _frequent(self, shared: Shared) -> set[int]:
        """Fingerprints that too many stories have two and two together; or too many of one outlet.

        One alone may be of a sentence that everybody quotes.
        """
        everywhere, at_one = defaultdict[Pair, set[int]](set), defaultdict[tuple[Pair, int], set[int]](set)
        for article, common in shared.items():
            for pair in combinations(sorted(common), 2):
                everywhere[pair].add(self.of(article))
                at_one[pair, self.places[article].source].add(self.of(article))
        often = {hash_ for pair, stories in everywhere.items() if len(stories) > FREQUENT for hash_ in pair}
        return often | {h for (pair, _), stories in at_one.items() if len(stories) >= FREQUENT_AT_ONE for h in pair}

    def _match(self, one: Text, other: int, sketch: Sketch, noise: Collection[int]) -> Match | None:
        """What makes the two one story, or None where they are not."""
        likeness = fingerprints.likeness(one.shingles, sketch, noise)
        here, there = self.places[one.article], self.places[other]
        agency = here.agency is not None and here.agency == there.agency
        needed = SAME_OUTLET if here.source == there.source else WITH_AGENCY if agency else CONTAINED
        same = likeness.contained >= needed and likeness.covered >= COVERED
        return Match(other, likeness, agency) if same else None

    def _others(self, one: Text, match: Match) -> int:
        """How many articles the match's story has beside this one."""
        return len(self.members.get(self.of(match.article), {match.article}) - {one.article})

    def _join(self, article: int, found: Sequence[Match]) -> None:
        """Make one cluster of the article and the stories it matches in one passage."""
        home = self.of(article)
        best = next((match for match in found if self.of(match.article) == home), found[0])
        alike = [match for match in found if _is_same_passage(match.likeness, best.likeness)]
        clusters = {story for match in alike if (story := self.of(match.article)) > 0}
        cluster = min(clusters, default=NEW + article)
        for other in clusters - {cluster}:
            self._merge(other, cluster)
        self._enter(article, cluster, best)
        for match in alike:
            if self.of(match.article) < 0:
                self._enter(match.article, cluster, match._replace(article=article))

    def _merge(self, cluster: int, into: int) -> None:
        self.touched |= {cluster, into}
        for article in self.members.pop(cluster):
            self.members[into].add(article)
            self.story[article] = into

    def _enter(self, article: int, cluster: int, match: Match) -> None:
        self.touched.add(cluster)
        self.members.setdefault(cluster, set()).add(article)
        self.story[article] = cluster
        self.evidence[article] = match


def _is_same_passage(one: Likeness, other: Likeness) -> bool:
    """Whether what the article shares with one is what it shares with the other."""
    return len(one.shared & other.shared) >= SAME_PASSAGE * min(len(one.shared), len(other.shared))
