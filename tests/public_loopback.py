"""The command line with one loopback address taken for public, so that the network guard can be seen to hold.

    python -m tests.public_loopback 127.0.0.2 crawl --all ...

What the browser's gate refuses is written to standard error, a line "refused HOST" each.
"""

from __future__ import annotations

import sys

from dateline.main import run
from spiders import browser, gate, guard, proxies
from spiders.gate import Gate


class TellingGate(Gate):
    """A gate that says what it has refused."""

    async def __aexit__(self, *error: object) -> None:
        await super().__aexit__(*error)
        for host in self.refused:
            print(f"refused {host}", file=sys.stderr)


def main() -> None:
    """Take the first argument for a public address, and run the command with the rest."""
    public = sys.argv.pop(1)
    is_public = guard.is_public

    def patched(address: str) -> bool:
        return address == public or is_public(address)

    for module in (guard, gate, proxies):
        setattr(module, "is_public", patched)  # noqa: B010 - each has it under its own name
    setattr(browser, "Gate", TellingGate)  # noqa: B010
    run()


if __name__ == "__main__":
    main()
