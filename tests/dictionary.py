"""The data dictionary, docs/dictionary.md, as the comments in the database give it."""

from __future__ import annotations

import re
from typing import Any

from pipelines import roles
from pipelines.database import Cursor, Database

HEAD = """# Data dictionary

What there is to query, in the words of the database's own comments (`\\d+ articles` in `dateline psql`). Written by
`make schema`, not by hand. All times are with time zone. `null` beside a type: the column may be empty.
"""
RELATIONS = """
    select c.oid, c.relname as name, case c.relkind when 'v' then 'view' else 'table' end as kind,
        obj_description(c.oid) as comment
    from unnest(%s::text[]) with ordinality n (name, place) join pg_class c on c.oid = to_regclass(n.name)
    order by n.place
"""
COLUMNS = """
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
        col_description(a.attrelid, a.attnum) as comment,
        not a.attnotnull and c.relkind <> 'v' and c.relkind <> 'c' as nullable,
        (select pg_get_constraintdef(k.oid) from pg_constraint k
            where k.conrelid = a.attrelid and k.conkey = array[a.attnum] and k.contype = 'c'
                and pg_get_constraintdef(k.oid) like '%%= ANY (ARRAY[%%' limit 1) as allowed
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attrelid = %s and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
FUNCTIONS = """
    select p.proname || '(' || pg_get_function_arguments(p.oid) || ')' as call, pg_get_function_result(p.oid) as result,
        obj_description(p.oid, 'pg_proc') as comment
    from pg_proc p
    where p.pronamespace = current_schema::regnamespace and p.prorettype <> 'trigger'::regtype
        and obj_description(p.oid, 'pg_proc') is not null
    order by p.proname <> 'search_articles', p.proname, 1
"""
TYPES = """
    select t.typrelid as oid, t.typname as name, 'type' as kind, obj_description(t.oid, 'pg_type') as comment
    from pg_type t join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
    where t.typnamespace = current_schema::regnamespace order by t.typname
"""


def listed(name: str) -> list[str]:
    """The relations in a list of migrations/access.sql, in its order."""
    found = re.search(rf"\b{name} constant text\[\] := array\[(.*?)\];", roles.access(), re.DOTALL)
    assert found, f"no list named {name} in migrations/access.sql"
    return re.findall(r"'(\w+)'", found[1])


def written(database: Database) -> str:
    """The whole page."""
    with database.transaction() as cursor:
        sections = [_section(cursor, row) for row in _rows(cursor, RELATIONS, listed("readable"))]
        types = [_section(cursor, row) for row in _rows(cursor, TYPES)]
        functions = [_function(row) for row in _rows(cursor, FUNCTIONS)]
        closed = [f"| `{row.name}` | {row.comment} |" for row in _rows(cursor, RELATIONS, listed("closed"))]
    parts = [HEAD, *sections, "## Functions\n", *functions, *types, CLOSED, "\n".join(closed)]
    return "\n".join(parts) + "\n"


CLOSED = """## Closed to readers

What Dateline keeps for its own work; only its owner and writers see it ([roles.md](roles.md)).

| table | |
|---|---|"""


def _rows(cursor: Cursor, query: str, *parameters: object) -> list[Any]:
    cursor.execute(query, parameters)
    return cursor.fetchall()


def _section(cursor: Cursor, relation: Any) -> str:
    columns = (_column(row) for row in _rows(cursor, COLUMNS, relation.oid))
    head = f"## {relation.name} ({relation.kind})\n\n{relation.comment}\n\n| column | type | |\n|---|---|---|"
    return "\n".join([head, *columns, ""])


def _column(row: Any) -> str:
    allowed = re.findall(r"'([^']*)'::text", row.allowed or "")
    told = all(value in (row.comment or "") for value in allowed)
    more = "" if told else f" One of {', '.join(allowed)}."
    return f"| `{row.name}` | {_short(row.type)}{', null' * row.nullable} | {_cell(row.comment)}{more} |"


def _function(row: Any) -> str:
    call = re.sub(r"::\w+", "", _short(row.call))
    return f"`{call}` → `{_short(row.result)}`  \n{row.comment}\n"


def _short(types: str) -> str:
    return types.replace("timestamp with time zone", "timestamptz")


def _cell(comment: str | None) -> str:
    return (comment or "").replace("|", "\\|")
