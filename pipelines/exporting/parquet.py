"""Rows as Parquet: the one door to pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.exporting.columns import COLUMNS, NAMES, PAIRS

# A row group is what a reader must hold, and what we hold until it is written.
GROUP_ROWS = 10_000
GROUP_BYTES = 16 << 20  # in memory, before compression


def schema() -> pa.Schema:
    """The Arrow schema of every export: times in UTC with microseconds, lists as lists, objects as structs of texts."""
    kinds = {
        "whole": pa.int64(),
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "moment": pa.timestamp("us", tz="UTC"),
    }
    pairs = {kind: pa.list_(pa.struct([(name, pa.string()) for name in names])) for kind, names in PAIRS.items()}
    return pa.schema([(column.name, (kinds | pairs)[column.kind]) for column in COLUMNS])


class Parquet:
    """Row groups of bounded size, compressed with Zstandard."""

    def __init__(self, file: IO[bytes]) -> None:
        self._schema = schema()
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._group: list[pa.RecordBatch] = []

    def write(self, rows: Sequence[Any]) -> None:
        """Keep the rows, and write a row group when enough have come together."""
        values = dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True))
        self._group.append(pa.RecordBatch.from_pydict(values, schema=self._schema))
        if sum(b.num_rows for b in self._group) >= GROUP_ROWS or sum(b.nbytes for b in self._group) >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write the last row group and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._group:
            table = pa.Table.from_batches(self._group)
            self._writer.write_table(table, row_group_size=table.num_rows)
            self._group.clear()
