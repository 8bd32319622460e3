"""`python -m dateline.demo`: serve the demo outlets until SIGTERM or SIGINT, and say where they are."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event

from dateline.demo.server import CORRECT_AFTER, HEADER, Demo


def main(arguments: list[str] | None = None) -> int:
    """Serve; 0 when told to stop, 2 where a port is taken or a file cannot be written."""
    options = _options(arguments)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        _clear(options.sources)
        with Demo(options.port, correct_after=timedelta(seconds=options.correct_after)) as demo:
            for newsroom in demo.newsrooms:
                print(f"{newsroom.outlet.title}: {newsroom.address}/", flush=True)
            if options.port_file:
                _write(options.port_file, "".join(f"{port}\n" for port in demo.ports))
            _write(options.sources, demo.sources())
            stop.wait()
    except OSError as error:
        print(f"dateline.demo: {error}", file=sys.stderr)
        return 2
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dateline.demo", description=__doc__)
    parser.add_argument(
        "--sources",
        type=Path,
        required=True,
        help="write the outlets there, as a sources.toml, when they answer",
    )
    parser.add_argument("--port", type=_port, default=0, help="first port, the next outlet takes the next; 0: any")
    parser.add_argument("--port-file", type=Path, help="write the ports there, one a line, as the outlets are")
    parser.add_argument(
        "--correct-after",
        type=float,
        default=CORRECT_AFTER.total_seconds(),
        metavar="SECONDS",
        help="how long after it was first read one story is corrected (%(default)g)",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65534:  # the second outlet needs one more
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 0 to 65534")
    return int(text)


def _clear(sources: Path) -> None:
    """Remove the list of an earlier demo, since its appearance says that this one answers."""
    if sources.exists() and HEADER not in sources.read_text(encoding="utf-8"):
        raise FileExistsError(f"{sources} is a list of other outlets, and is left as it is; name another file")
    sources.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    """Write the file so that whoever sees it sees all of it."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


if __name__ == "__main__":
    sys.exit(main())
