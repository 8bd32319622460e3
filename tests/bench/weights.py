"""What the tables of an archive weigh on disk: rows, long values and each index, in all and for each article."""

from __future__ import annotations

from pipelines.database import Database

TABLES = """
    select c.relname as name, c.reltuples::bigint as rows, pg_relation_size(c.oid) as own,
        pg_table_size(c.oid) - pg_relation_size(c.oid) as long, pg_indexes_size(c.oid) as indexes
    from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and pg_total_relation_size(c.oid) > 1e6
    order by pg_total_relation_size(c.oid) desc
"""
INDEXES = """
    select c.relname as name, i.indrelid::regclass::text as table, pg_relation_size(c.oid) as bytes
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace and pg_relation_size(c.oid) > 1e6 order by bytes desc
"""


def show(database: Database) -> None:
    """Print it: megabytes, and bytes an article."""
    with database.transaction() as cursor:
        cursor.execute("select count(*) as count from articles")
        articles = max(1, int(cursor.fetchone().count))
        print(f"{articles:,} articles; megabytes, bytes an article")
        cursor.execute(TABLES)
        for row in cursor.fetchall():
            total = row.own + row.long + row.indexes
            print(
                f"  {row.name:22} {total / 1e6:8.1f} {total / articles:7.0f}   rows {row.own / 1e6:8.1f}"
                f"  long values {row.long / 1e6:8.1f}  indexes {row.indexes / 1e6:8.1f}"
            )
        cursor.execute(INDEXES)
        for row in cursor.fetchall():
            print(f"    {row.table}.{row.name:34} {row.bytes / 1e6:8.1f} {row.bytes / articles:7.0f}")
