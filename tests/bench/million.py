"""Make a large archive to measure on, and keep it: a million articles take some ten minutes of two free cores.

    python -m tests.bench.million --keep FOLDER [--articles 1000000]

Says what it weighs on disk; a folder that has it already is used as it is. Ask it with tests.bench.search and
tests.bench.queries, write to it with tests.bench.store, each with the same --keep. Needs 12 GB.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tests.bench import weights
from tests.bench.archives import archive


def main() -> None:
    """Make it unless it is there, and weigh it."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--keep", type=Path, required=True)
    cli.add_argument("--articles", type=int, default=1_000_000)
    asked = cli.parse_args()
    started = time.monotonic()
    with archive(asked.articles, asked.keep) as database:
        print(f"ready after {time.monotonic() - started:.0f} s")
        weights.show(database)


if __name__ == "__main__":
    main()
