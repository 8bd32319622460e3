-- The archive from outlet to article: what is crawled, what was fetched, what it said, and why something is missing.

create table schema_migrations (
    name       text primary key,
    applied_at timestamptz not null default now()
);
comment on table schema_migrations is 'Migrations that were applied to this database.';
comment on column schema_migrations.name is 'File name of the migration, without its ending.';
comment on column schema_migrations.applied_at is 'When it was applied.';

create table sources (
    id              bigint generated always as identity primary key,
    name            text not null unique check (name <> ''),
    url             text not null,
    origin          text not null check (origin in ('configured', 'one_off')),
    enabled         boolean not null default true,
    settings        jsonb not null default '{}',
    cadence         interval not null default '1 hour' check (cadence > '0'),
    due_at          timestamptz not null default now(),
    last_crawled_at timestamptz,
    last_outcome    text,
    last_reason     text,
    failures        integer not null default 0,
    created_at      timestamptz not null default now()
);
comment on table sources is 'Outlets: one row a news site, from sources.toml or from a one-off crawl.';
comment on column sources.id is 'Key.';
comment on column sources.name is 'The name users type; from sources.toml, or the host of a one-off crawl.';
comment on column sources.url is 'Front page of the outlet.';
comment on column sources.origin is 'configured: listed in sources.toml and scheduled; one_off: met in a one-off crawl, never scheduled.';
comment on column sources.enabled is 'False once the entry has left sources.toml: kept for its articles, crawled no more.';
comment on column sources.settings is 'The entry of sources.toml as it was last read: language, timezone, feeds, sitemaps, delay, limits.';
comment on column sources.cadence is 'How often the schedule crawls the outlet.';
comment on column sources.due_at is 'The schedule crawls the outlet at its first run after this moment.';
comment on column sources.last_crawled_at is 'When the newest finished crawl of the outlet ended.';
comment on column sources.last_outcome is 'Outcome of that crawl, as in runs.outcome.';
comment on column sources.last_reason is 'Why that crawl failed, was empty or was interrupted.';
comment on column sources.failures is 'Failed crawls in a row; 0 after a good one.';
comment on column sources.created_at is 'When the outlet was first seen.';

create table runs (
    id          bigint generated always as identity primary key,
    source_id   bigint not null references sources,
    batch       uuid not null,
    trigger     text not null check (trigger in ('cli', 'schedule', 'once')),
    worker      text not null,
    started_at  timestamptz not null default now(),
    finished_at timestamptz,
    outcome     text not null default 'running'
        check (outcome in ('running', 'done', 'empty', 'failed', 'interrupted', 'abandoned')),
    reason      text,
    discovered  integer not null default 0,
    fetched     integer not null default 0,
    stored      integer not null default 0,
    revised     integer not null default 0,
    unchanged   integer not null default 0,
    skipped     integer not null default 0,
    failed      jsonb not null default '{}',
    bytes       bigint not null default 0
);
create index runs_source on runs (source_id, started_at desc);
create index runs_running on runs (source_id) where outcome = 'running';
comment on table runs is 'One crawl of one outlet: who ran it, when, and how it ended.';
comment on column runs.id is 'Key; also the fencing token of every lease the run holds.';
comment on column runs.source_id is 'The outlet.';
comment on column runs.batch is 'Shared by all outlets that one process crawled together.';
comment on column runs.trigger is 'cli: by hand; schedule: by the crawl DAG; once: by the crawl_once DAG.';
comment on column runs.worker is 'Host and process id that ran it.';
comment on column runs.started_at is 'Start of the crawl.';
comment on column runs.finished_at is 'End of the crawl; null while it runs.';
comment on column runs.outcome is 'running, done, empty (nothing found), failed (nothing usable), interrupted (stopped on request), abandoned (its process died).';
comment on column runs.reason is 'One line that says why the outcome is not done.';
comment on column runs.discovered is 'Story links that were new to the frontier.';
comment on column runs.fetched is 'Story pages requested and answered.';
comment on column runs.stored is 'Articles stored for the first time.';
comment on column runs.revised is 'Articles whose title or text had changed.';
comment on column runs.unchanged is 'Pages that answered 304 or said what they said before.';
comment on column runs.skipped is 'Pages that are not articles, or that robots.txt forbids.';
comment on column runs.failed is 'Failed pages by reason: {"http_500": 3}.';
comment on column runs.bytes is 'Body bytes received, decoded.';

create table endpoints (
    id            bigint generated always as identity primary key,
    source_id     bigint not null references sources,
    url           text not null,
    url_sha256    bytea not null,
    kind          text not null check (kind in ('feed', 'sitemap', 'front')),
    found_by      text not null check (found_by in ('entry', 'autodiscovery', 'robots', 'sitemap_index', 'argument')),
    parent_id     bigint references endpoints,
    etag          text,
    last_modified text,
    fetched_at    timestamptz,
    outcome       text,
    detail        text,
    links         integer,
    failures      integer not null default 0,
    created_at    timestamptz not null default now(),
    unique (source_id, url_sha256)
);
comment on table endpoints is 'Where an outlet lists its stories: feeds, sitemaps, its front page.';
comment on column endpoints.id is 'Key.';
comment on column endpoints.source_id is 'The outlet.';
comment on column endpoints.url is 'Address of the feed, sitemap or page.';
comment on column endpoints.url_sha256 is 'SHA-256 of the canonical form of url.';
comment on column endpoints.kind is 'feed (RSS, Atom), sitemap (index, news or plain), front (a page of links).';
comment on column endpoints.found_by is 'entry: named in sources.toml; autodiscovery: a link element; robots: a Sitemap line; sitemap_index; argument: named in a one-off crawl.';
comment on column endpoints.parent_id is 'The front page or sitemap index that points to it; asked whenever that one is.';
comment on column endpoints.etag is 'Validator of the newest answer, sent back as If-None-Match.';
comment on column endpoints.last_modified is 'Validator of the newest answer, sent back as If-Modified-Since.';
comment on column endpoints.fetched_at is 'When it was last asked.';
comment on column endpoints.outcome is 'What came of it: read, unchanged, or the name of a failure.';
comment on column endpoints.detail is 'One line about that failure.';
comment on column endpoints.links is 'Story links in the newest readable answer.';
comment on column endpoints.failures is 'Failures in a row.';
comment on column endpoints.created_at is 'When it was found.';

create table pages (
    id               bigint generated always as identity primary key,
    source_id        bigint not null references sources,
    url              text not null,
    canonical_url    text not null,
    url_sha256       bytea not null unique check (length(url_sha256) = 32),
    endpoint_id      bigint references endpoints,
    depth            smallint not null default 0,
    title_hint       text,
    published_hint   text,
    modified_hint    timestamptz,
    due_at           timestamptz,
    attempts         integer not null default 0,
    visits           integer not null default 0,
    leased_by        bigint references runs,
    lease_expires_at timestamptz,
    outcome          text,
    detail           text,
    etag             text,
    last_modified    text,
    body_sha256      bytea,
    first_seen_at    timestamptz not null default now(),
    fetched_at       timestamptz
);
create index pages_due on pages (source_id, due_at, id) where due_at is not null;
create index pages_leased on pages (leased_by) where leased_by is not null;
comment on table pages is 'The frontier: every story URL ever found, when it is due next, and what came of the last visit.';
comment on column pages.id is 'Key.';
comment on column pages.source_id is 'The outlet that found it.';
comment on column pages.url is 'The address as it was found: what is asked for.';
comment on column pages.canonical_url is 'Its canonical form: what it is known by.';
comment on column pages.url_sha256 is 'SHA-256 of canonical_url; one page a story URL.';
comment on column pages.endpoint_id is 'The endpoint that listed it first.';
comment on column pages.depth is 'Links followed from the address a one-off crawl was given.';
comment on column pages.title_hint is 'Title as the feed or sitemap gives it.';
comment on column pages.published_hint is 'Publication time as the feed or sitemap gives it, untouched.';
comment on column pages.modified_hint is 'Change time as the feed or sitemap gives it; a newer one makes the page due at once.';
comment on column pages.due_at is 'To be fetched from this moment on; null: not again.';
comment on column pages.attempts is 'Failed fetches in a row.';
comment on column pages.visits is 'Fetches that were answered; the re-check interval grows with it.';
comment on column pages.leased_by is 'The run that is fetching it now.';
comment on column pages.lease_expires_at is 'After this moment another run may take it.';
comment on column pages.outcome is 'What came of the last visit: stored, revised, unchanged, skipped, or the name of a failure.';
comment on column pages.detail is 'One line about that outcome.';
comment on column pages.etag is 'Validator of the newest answer.';
comment on column pages.last_modified is 'Validator of the newest answer.';
comment on column pages.body_sha256 is 'SHA-256 of the newest body: the same bytes are not extracted again.';
comment on column pages.first_seen_at is 'When it was found.';
comment on column pages.fetched_at is 'When it was last fetched.';

create table captures (
    id          bigint generated always as identity primary key,
    page_id     bigint not null references pages,
    run_id      bigint not null references runs,
    url         text not null,
    final_url   text not null,
    status      smallint not null,
    fetched_at  timestamptz not null,
    body_sha256 bytea not null,
    body_bytes  bigint not null,
    warc_file   text not null,
    warc_offset bigint not null,
    warc_length bigint not null
);
create index captures_page on captures (page_id, fetched_at desc);
comment on table captures is 'Answers kept byte for byte: where each lies in the WARC files.';
comment on column captures.id is 'Key.';
comment on column captures.page_id is 'The page that was asked for.';
comment on column captures.run_id is 'The run that fetched it.';
comment on column captures.url is 'Address asked for.';
comment on column captures.final_url is 'Address that answered, after redirects.';
comment on column captures.status is 'HTTP status.';
comment on column captures.fetched_at is 'When the answer was complete.';
comment on column captures.body_sha256 is 'SHA-256 of the decoded body.';
comment on column captures.body_bytes is 'Length of the decoded body.';
comment on column captures.warc_file is 'WARC file, relative to the captures folder.';
comment on column captures.warc_offset is 'Byte offset of the record in that file.';
comment on column captures.warc_length is 'Length of the compressed record, in bytes.';

create table fetches (
    id          bigint generated always as identity primary key,
    run_id      bigint not null references runs,
    page_id     bigint references pages,
    endpoint_id bigint references endpoints,
    capture_id  bigint references captures,
    url         text not null,
    final_url   text,
    status      smallint,
    outcome     text not null,
    detail      text,
    bytes       bigint not null default 0,
    seconds     real,
    at          timestamptz not null default now()
);
create index fetches_page on fetches (page_id, at desc) where page_id is not null;
create index fetches_run on fetches (run_id);
comment on table fetches is 'Log of every request for a page or an endpoint, and what came of it.';
comment on column fetches.id is 'Key.';
comment on column fetches.run_id is 'The run that asked.';
comment on column fetches.page_id is 'The page asked for; null for an endpoint.';
comment on column fetches.endpoint_id is 'The endpoint asked for; null for a page.';
comment on column fetches.capture_id is 'The capture kept of the answer.';
comment on column fetches.url is 'Address asked for.';
comment on column fetches.final_url is 'Address that answered, where it differs.';
comment on column fetches.status is 'HTTP status; null where there was no answer.';
comment on column fetches.outcome is 'stored, revised, unchanged, read, skipped, or the name of a failure.';
comment on column fetches.detail is 'One line about that outcome.';
comment on column fetches.bytes is 'Body bytes received, decoded.';
comment on column fetches.seconds is 'From request to complete answer.';
comment on column fetches.at is 'When the outcome was written.';

-- One text search configuration an article, by its language. The casts are constant, so the functions may call
-- themselves immutable and a generated column may use them.
create function language_config(language text) returns regconfig
    language sql immutable parallel safe
    return case left(language, 2)
        when 'ar' then 'arabic'::regconfig when 'da' then 'danish'::regconfig when 'de' then 'german'::regconfig
        when 'el' then 'greek'::regconfig when 'en' then 'english'::regconfig when 'es' then 'spanish'::regconfig
        when 'fi' then 'finnish'::regconfig when 'fr' then 'french'::regconfig when 'hi' then 'hindi'::regconfig
        when 'hu' then 'hungarian'::regconfig when 'id' then 'indonesian'::regconfig when 'it' then 'italian'::regconfig
        when 'nl' then 'dutch'::regconfig when 'no' then 'norwegian'::regconfig when 'nb' then 'norwegian'::regconfig
        when 'pt' then 'portuguese'::regconfig when 'ro' then 'romanian'::regconfig when 'ru' then 'russian'::regconfig
        when 'sv' then 'swedish'::regconfig when 'ta' then 'tamil'::regconfig when 'tr' then 'turkish'::regconfig
        else 'simple'::regconfig end;
comment on function language_config(text) is 'Text search configuration for an ISO 639-1 language; simple where Postgres knows none.';

-- Text is capped: a tsvector over 1 MB would refuse the whole row.
create function article_search(language text, title text, body text) returns tsvector
    language sql immutable parallel safe
    return setweight(to_tsvector(language_config(language), left(title, 1000)), 'A')
        || setweight(to_tsvector(language_config(language), left(body, 100000)), 'B');
comment on function article_search(text, text, text) is 'Search vector of an article in its own language, title weighted above text.';

-- Whoever does not say in which language the words are gets those that match as English or as they are written.
create function article_query(language text, words text) returns tsquery
    language sql immutable parallel safe
    return case when language is null
        then websearch_to_tsquery('english'::regconfig, words) || websearch_to_tsquery('simple'::regconfig, words)
        else websearch_to_tsquery(language_config(language), words) end;
comment on function article_query(text, text) is 'Query for articles.search from words as typed into a search box.';

create table articles (
    id                  bigint generated always as identity primary key,
    source_id           bigint not null references sources,
    page_id             bigint not null unique references pages,
    url                 text not null,
    canonical_url       text not null,
    url_sha256          bytea not null unique check (length(url_sha256) = 32),
    title               text not null,
    text                text not null,
    excerpt             text,
    authors             text[] not null default '{}',
    agency              text,
    dateline_place      text,
    dateline_date       date,
    published_at        timestamptz check (published_at >= '1990-01-01' and published_at < '2100-01-01'),
    published_precision text check (published_precision in ('second', 'minute', 'day', 'month')),
    published_origin    text,
    date_witnesses      jsonb not null default '[]',
    modified_at         timestamptz check (modified_at >= '1990-01-01' and modified_at < '2100-01-01'),
    language            text,
    section             text,
    tags                text[] not null default '{}',
    image_url           text,
    site_name           text,
    word_count          integer not null,
    kind                text not null check (kind in ('article', 'live', 'gallery', 'video')),
    paywalled           boolean,
    quality_flags       text[] not null default '{}',
    removed             jsonb not null default '[]',
    content_sha256      bytea not null check (length(content_sha256) = 32),
    revision_count      integer not null default 0,
    capture_id          bigint references captures,
    first_seen_at       timestamptz not null,
    last_seen_at        timestamptz not null,
    changed_at          timestamptz not null,
    gone_at             timestamptz,
    extractor           text not null,
    run_id              bigint not null references runs,
    search              tsvector generated always as (article_search(language, title, text)) stored
);
create index articles_search on articles using gin (search);
create index articles_flags on articles using gin (quality_flags);
create index articles_tags on articles using gin (tags);
create index articles_published on articles (published_at);
create index articles_source_published on articles (source_id, published_at);
create index articles_changed on articles (changed_at);
comment on table articles is 'The current state of each article: one row a story URL. The table people query.';
comment on column articles.id is 'Key.';
comment on column articles.source_id is 'The outlet.';
comment on column articles.page_id is 'Its row in the frontier.';
comment on column articles.url is 'Address it was fetched from.';
comment on column articles.canonical_url is 'Canonical form of that address.';
comment on column articles.url_sha256 is 'SHA-256 of canonical_url.';
comment on column articles.title is 'Headline.';
comment on column articles.text is 'Body: paragraphs separated by a newline; dateline, credit and page furniture cut out.';
comment on column articles.excerpt is 'Standfirst or description, as the page gives it.';
comment on column articles.authors is 'People named as authors, in the order of the page.';
comment on column articles.agency is 'News agency credited, by its canonical name.';
comment on column articles.dateline_place is 'Place in the dateline.';
comment on column articles.dateline_date is 'Date in the dateline, its year settled by weekday and day of the visit.';
comment on column articles.published_at is 'When the outlet says it was published; midnight UTC of the day where only that is known (see published_precision).';
comment on column articles.published_precision is 'How exactly that is known: second, minute, day, month.';
comment on column articles.published_origin is 'Which witness published_at comes from.';
comment on column articles.date_witnesses is 'What every witness of the date said.';
comment on column articles.modified_at is 'When the outlet says it was last changed.';
comment on column articles.language is 'Language of the text, ISO 639-1.';
comment on column articles.section is 'Section of the outlet.';
comment on column articles.tags is 'Tags or keywords the outlet gave it.';
comment on column articles.image_url is 'Lead image.';
comment on column articles.site_name is 'Name the site gives itself.';
comment on column articles.word_count is 'Words in text.';
comment on column articles.kind is 'article, live (live blog), gallery, video.';
comment on column articles.paywalled is 'The page says that it is not free to read; null where it says nothing.';
comment on column articles.quality_flags is 'Named doubts about the record, such as undated, too_short or date_is_visit_day.';
comment on column articles.removed is 'Spans cut out of the text, each with the rule that cut it.';
comment on column articles.content_sha256 is 'SHA-256 of title and text: the same content is not a revision.';
comment on column articles.revision_count is 'How often title or text changed since first_seen_at.';
comment on column articles.capture_id is 'The capture that the current state was read from.';
comment on column articles.first_seen_at is 'When we first saw it.';
comment on column articles.last_seen_at is 'When we last saw it.';
comment on column articles.changed_at is 'When this row last changed in title or text.';
comment on column articles.gone_at is 'When the outlet took it away.';
comment on column articles.extractor is 'Version of the extractor that read it.';
comment on column articles.run_id is 'The run that wrote the current state.';
comment on column articles.search is 'Search vector, see article_search.';

create table revisions (
    id             bigint generated always as identity primary key,
    article_id     bigint not null references articles on delete cascade,
    number         integer not null,
    change         text not null check (change in ('title', 'minor', 'substantive')),
    title          text not null,
    text           text not null,
    content_sha256 bytea not null,
    capture_id     bigint references captures,
    extractor      text not null,
    seen_from      timestamptz not null,
    replaced_at    timestamptz not null,
    run_id         bigint not null references runs,
    unique (article_id, number)
);
comment on table revisions is 'Former states of articles: what each said before it changed. The current state is in articles.';
comment on column revisions.id is 'Key.';
comment on column revisions.article_id is 'The article.';
comment on column revisions.number is '1 is the state it was first seen in.';
comment on column revisions.change is 'What replaced this state: title (only the headline changed), minor, substantive.';
comment on column revisions.title is 'Headline it had.';
comment on column revisions.text is 'Text it had.';
comment on column revisions.content_sha256 is 'SHA-256 of that title and text.';
comment on column revisions.capture_id is 'The capture that state was read from.';
comment on column revisions.extractor is 'Version of the extractor that read it.';
comment on column revisions.seen_from is 'When we first saw this state.';
comment on column revisions.replaced_at is 'When we saw the next one.';
comment on column revisions.run_id is 'The run that saw the next one.';

create table quarantine (
    id          bigint generated always as identity primary key,
    page_id     bigint not null references pages,
    run_id      bigint not null references runs,
    capture_id  bigint references captures,
    url         text not null,
    reason      text not null,
    detail      text,
    at          timestamptz not null default now()
);
create index quarantine_page on quarantine (page_id, at desc);
comment on table quarantine is 'Pages that were fetched and could not be read: kept with their capture for a better extractor.';
comment on column quarantine.id is 'Key.';
comment on column quarantine.page_id is 'The page.';
comment on column quarantine.run_id is 'The run that fetched it.';
comment on column quarantine.capture_id is 'The capture that could not be read.';
comment on column quarantine.url is 'Address of the page.';
comment on column quarantine.reason is 'Name of the failure: timeout, memory, crashed, unreadable.';
comment on column quarantine.detail is 'One line about it.';
comment on column quarantine.at is 'When it was put here.';
