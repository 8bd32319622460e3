-- Deletion for good: what was forgotten, on whose word, and the hashes by which it is kept from coming back.

create table forgettings (
    id          bigint generated always as identity primary key,
    at          timestamptz not null default now(),
    kind        text not null check (kind in ('story', 'author', 'expired')),
    source_id   bigint references sources,
    reason      text,
    os_user     text not null,
    db_user     text not null default current_user,
    counts      jsonb not null default '{}',
    article_ids bigint[] not null default '{}',
    finished_at timestamptz,
    scrubbed_at timestamptz
);
comment on table forgettings is 'Audit of deletions: who had what deleted, when and why, and how much that was. Nothing of what it said.';
comment on column forgettings.id is 'Key.';
comment on column forgettings.at is 'When it was begun.';
comment on column forgettings.kind is 'story: one story, by its address; author: a name, wherever it is an author; expired: the stories that an outlet''s keep_articles no longer keeps.';
comment on column forgettings.source_id is 'The outlet that it was limited to; null for stories, and for a name at every outlet.';
comment on column forgettings.reason is 'Why, as whoever did it says.';
comment on column forgettings.os_user is 'The user of the system who ran the command.';
comment on column forgettings.db_user is 'The role of the database that did it.';
comment on column forgettings.counts is 'How much was deleted: {"articles": 1, "revisions": 3, "captures": 4, "fetches": 6}.';
comment on column forgettings.article_ids is 'Keys that the articles had (of an author: have), for those who keep exports.';
comment on column forgettings.finished_at is 'When all of it was gone; null: it was interrupted, the same command goes on with it.';
comment on column forgettings.scrubbed_at is 'When the database''s files were written anew without it; null: its bytes may still lie in them.';

create table tombstones (
    hash          bytea primary key check (length(hash) = 32),
    kind          text not null check (kind in ('address', 'author')),
    forgetting_id bigint not null references forgettings
);
create index tombstones_forgetting on tombstones (forgetting_id);
-- Whether there is any at all is asked for every article that is stored.
create index tombstones_authors on tombstones (kind) where kind = 'author';
comment on table tombstones is 'What must not come back, by hashes alone: addresses that no crawl, import or re-extraction stores, names that no article keeps.';
comment on column tombstones.hash is 'What tombstone() makes of the SHA-256 of an address or a name, see pipelines/tombstones.py.';
comment on column tombstones.kind is 'address or author.';
comment on column tombstones.forgetting_id is 'The deletion that it stands for.';

-- Addresses and names can be guessed, and every crawl must be able to ask for thousands: a slow hash is no way out. A
-- secret is: who has the tombstones and not the key can test no guess.
create table tombstone_key (
    key bytea not null check (length(key) = 32)
);
create unique index tombstone_key_one on tombstone_key ((true));
comment on table tombstone_key is 'The secret of this archive that goes into every tombstone: one row. Lost, nothing is kept from coming back.';
comment on column tombstone_key.key is 'At random, made with the table.';
insert into tombstone_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

create function tombstone(digest bytea) returns bytea
    language sql stable parallel safe
    return sha256((select key from tombstone_key) || digest);
comment on function tombstone(bytea) is 'The keyed hash of a SHA-256, by which the table tombstones knows it.';

-- Readers may ask of an address that they name, and see neither the hashes nor the key.
create function forgotten(digests bytea[]) returns table (digest bytea, at timestamptz, reason text)
    language sql stable security definer set search_path from current
begin atomic
    select asked.digest, f.at, f.reason from unnest(digests) as asked (digest)
    join tombstones t on t.hash = tombstone(asked.digest) join forgettings f on f.id = t.forgetting_id;
end;
comment on function forgotten(bytea[]) is 'Which of these SHA-256 were forgotten, when and why.';

comment on column pages.outcome is 'What came of the last visit: stored, revised, unchanged, twin (detail: the address that has the story), skipped, forgotten (it leads to a story that was deleted for good), or the name of a failure.';
