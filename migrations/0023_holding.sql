-- Stories that are against a habit of their outlet are held back in quarantine until the outlet is judged by them.

alter table runs add held jsonb not null default '{}';
comment on column runs.held is 'How many stories it held back in quarantine, by reason; those released since are in stored.';

comment on column pages.outcome is 'What came of the last visit: stored, revised, unchanged, skipped, twin, forgotten, held (back in quarantine), or the name of a failure.';
comment on column fetches.outcome is 'stored, revised, unchanged, read, skipped, twin, forgotten, held (back in quarantine), or the name of a failure.';

comment on column source_days.stored is 'Articles stored for the first time, or held back, of all runs.';
comment on column source_days.stories is 'The volume: articles stored or held back by crawls that look for what is new, published in the week before or undated. The columns that follow are of these.';

alter table quarantine
    add source_id bigint references sources,
    add held_for text[],
    add published_at timestamptz,
    add word_count integer,
    add shortest real,
    add longest real,
    add decided_at timestamptz,
    add released_at timestamptz;
comment on table quarantine is 'Pages that were fetched and have no row in articles for it: they could not be read, or are stories held back by a gate. Kept with their capture, to be read again.';
comment on column quarantine.capture_id is 'The capture, which a release or a better extractor reads again.';
comment on column quarantine.reason is 'Why it is here. Could not be read or written: timeout, memory, crashed, unreadable, too_large, unstorable. Could, and was held back: held_undated, held_dates_today (dated to the day of the visit by nothing structured), held_short, held_long.';
comment on column quarantine.retried_by is 'Version of the extractor that read the capture last and left it here; null: none has tried.';
comment on column quarantine.source_id is 'The outlet; null in rows of before this column.';
comment on column quarantine.held_for is 'Of a story that is held back: every reason; null: it could not be read.';
comment on column quarantine.published_at is 'Of a story that is held back: when it says it was published.';
comment on column quarantine.word_count is 'Of a story that is held back: its words.';
comment on column quarantine.shortest is 'Words that it should have at least; null where that is no reason.';
comment on column quarantine.longest is 'Words that it should have at most; null where that is no reason.';
comment on column quarantine.decided_at is 'When its outlet had failed the gate, so that the story stays until somebody releases it, or a newer extractor reads it otherwise; null: the end of the next crawl decides.';
comment on column quarantine.released_at is 'When it was stored after all; null: it was not.';

create view quarantined as
    select q.id, s.name as source, q.url, q.reason, q.held_for, q.detail, q.at, q.published_at, q.word_count,
        q.shortest, q.longest, q.decided_at, q.retried_by, p.source_id, q.page_id, q.run_id, q.capture_id
    from quarantine q join pages p on p.id = q.page_id join sources s on s.id = p.source_id
    where q.released_at is null and not exists (select from articles a where a.page_id = q.page_id)
        and (q.held_for is not null or p.outcome = q.reason
            and not exists (select from quarantine n where n.page_id = q.page_id and n.id > q.id));
comment on view quarantined is 'What is in quarantine now: pages that no visit could read since, and stories that are held back.';
comment on column quarantined.id is 'Key, as in quarantine: dateline quarantine release ID stores it.';
comment on column quarantined.source is 'The outlet.';
comment on column quarantined.url is 'Address of the page.';
comment on column quarantined.reason is 'Why it is here, as in quarantine.';
comment on column quarantined.held_for is 'Every reason why a story is held back; null: the page could not be read.';
comment on column quarantined.detail is 'One line about it.';
comment on column quarantined.at is 'When it was put here.';
comment on column quarantined.published_at is 'Of a story that is held back: when it says it was published.';
comment on column quarantined.word_count is 'Of a story that is held back: its words.';
comment on column quarantined.shortest is 'Words that it should have at least; null where that is no reason.';
comment on column quarantined.longest is 'Words that it should have at most; null where that is no reason.';
comment on column quarantined.decided_at is 'When its outlet had failed the gate, as in quarantine.';
comment on column quarantined.retried_by is 'Version of the extractor that read it last.';
comment on column quarantined.source_id is 'The outlet, as in sources.';
comment on column quarantined.page_id is 'The page.';
comment on column quarantined.run_id is 'The run that fetched it.';
comment on column quarantined.capture_id is 'The capture.';
