"""The reader: the archive as web pages, read-only. `dateline serve` runs it."""

from __future__ import annotations

PORT = 8090  # where it is found unless somebody says otherwise
