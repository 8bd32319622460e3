-- Politeness that holds across processes, robots.txt for a day, endpoints that learn their pace, what sites permit.

create table hosts (
    host         text primary key,
    next_at      timestamptz not null default now(),
    held_by      bigint,
    held_until   timestamptz,
    paused_until timestamptz,
    pause_reason text,
    failures     integer not null default 0
) with (fillfactor = 50);
comment on table hosts is 'Servers that are asked: whose turn it is, and when the next request may be sent. Shared by all processes.';
comment on column hosts.host is 'Host and port, as they stand in the address.';
comment on column hosts.next_at is 'No request before this moment: the pause after the last answer, longer after failures.';
comment on column hosts.held_by is 'The process whose request is under way, by the advisory lock that it holds while it lives; null where there is none.';
comment on column hosts.held_until is 'After this moment that process is taken for dead.';
comment on column hosts.paused_until is 'The server asked to be left alone until then (429 or 503, Retry-After).';
comment on column hosts.pause_reason is 'What it answered.';
comment on column hosts.failures is 'Failed requests in a row; each doubles the pause.';

create table site_rules (
    url        text primary key,
    fetched_at timestamptz not null default now(),
    expires_at timestamptz not null,
    status     smallint,
    reason     text,
    text       text not null default ''
);
comment on table site_rules is 'robots.txt and tdmrep.json of each site, kept for at most a day.';
comment on column site_rules.url is 'Address of the file.';
comment on column site_rules.fetched_at is 'When it was asked for.';
comment on column site_rules.expires_at is 'It is asked for again after this moment.';
comment on column site_rules.status is 'HTTP status of the final answer; null where there was none.';
comment on column site_rules.reason is 'Why a robots.txt disallows all for now: unreachable, 5xx or 429; null where the site has spoken.';
comment on column site_rules.text is 'The file, at most 500 KiB of it; empty where there are no rules.';

alter table sources add shapes jsonb not null default '{}';
comment on column sources.shapes is 'URL shapes of the outlet as learned: {"/{yyyy}/{mm}/{slug}": [stories, others]}.';

alter table runs drop constraint runs_trigger_check;
alter table runs add constraint runs_trigger_check check (trigger in ('cli', 'schedule', 'once', 'backfill', 'check'));
comment on column runs.trigger is 'cli: by hand; schedule: by the crawl DAG; once: by crawl_once; backfill: a window of the past; check: by sources add or check.';

alter table endpoints drop constraint endpoints_kind_check, drop constraint endpoints_found_by_check;
alter table endpoints
    add constraint endpoints_kind_check check (kind in ('feed', 'sitemap', 'front', 'wordpress')),
    add constraint endpoints_found_by_check
        check (found_by in ('entry', 'autodiscovery', 'robots', 'sitemap_index', 'pagination', 'argument')),
    add pace interval not null default '1 hour',
    add due_at timestamptz not null default now(),
    add changed_at timestamptz,
    add modified_hint timestamptz;
comment on column endpoints.kind is 'feed (RSS, Atom, JSON Feed), sitemap (index, news or plain), front (a page of links), wordpress (its REST interface).';
comment on column endpoints.found_by is 'entry: named in sources.toml; autodiscovery: a link element; robots: a Sitemap line; sitemap_index; pagination: the next page of another; argument: named in a one-off crawl.';
comment on column endpoints.pace is 'How long until it is asked again: halved when it lists something new, half as long again when not.';
comment on column endpoints.due_at is 'The schedule asks it at the first crawl after this moment.';
comment on column endpoints.modified_hint is 'Change time as its sitemap index gives it; a newer one makes it due at once.';
comment on column endpoints.changed_at is 'When it last listed a story that was new to the archive.';

alter table pages add language_hint text;
comment on column pages.language_hint is 'Language as the feed or news sitemap gives it.';

alter table articles add opt_outs text[] not null default '{}', add license_url text;
comment on column articles.opt_outs is 'What the site opts out of, in headers, meta elements, robots.txt or TDMRep: noarchive, noindex, tdm, ai_training …';
comment on column articles.license_url is 'Licence that the page, its headers or robots.txt name.';
comment on column pages.outcome is 'What came of the last visit: stored, revised, unchanged, twin (detail: the address that has the story), skipped, or the name of a failure.';
comment on column articles.canonical_url is 'The address the story is known by: that of its page, or the one of the same site that the page calls canonical.';
