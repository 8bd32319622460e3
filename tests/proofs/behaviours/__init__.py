"""Everything that a hostile outlet is known to do, each with what is to come of it."""

from __future__ import annotations

from tests.proofs.behaviours import answers, bodies, connections, lists, redirects, robots

ALL = (
    *connections.ALL, *answers.ALL, *bodies.ALL, *redirects.ALL, *lists.ALL, *robots.ALL,
)  # fmt: skip
