-- Exports in increments that miss no row, however late it is committed; and runs that import WARC files.

alter table articles add changed_xid xid8 not null default pg_current_xact_id();
create index articles_changed_xid on articles (changed_xid, id);
comment on column articles.changed_xid is 'Transaction that last changed what dateline export gives of the row, but for last_seen_at; kept by a trigger.';

create function note_change() returns trigger
    language plpgsql
    as $$
begin
    new.changed_xid := pg_current_xact_id();
    return new;
end
$$;
comment on function note_change() is 'Keeps articles.changed_xid.';

-- Not last_seen_at: every visit sets it. The columns of pipelines/exporting/columns.py; a test compares.
create trigger articles_note_change before update on articles for each row when (
    (old.source_id, old.url, old.canonical_url, old.title, old.text, old.excerpt, old.authors, old.agency,
        old.dateline_place, old.dateline_date, old.published_at, old.published_precision, old.published_origin,
        old.date_witnesses, old.modified_at, old.language, old.section, old.tags, old.image_url, old.site_name,
        old.word_count, old.kind, old.paywalled, old.quality_flags, old.removed, old.opt_outs, old.license_url,
        old.content_sha256, old.revision_count, old.first_seen_at, old.changed_at, old.gone_at, old.extractor)
    is distinct from
    (new.source_id, new.url, new.canonical_url, new.title, new.text, new.excerpt, new.authors, new.agency,
        new.dateline_place, new.dateline_date, new.published_at, new.published_precision, new.published_origin,
        new.date_witnesses, new.modified_at, new.language, new.section, new.tags, new.image_url, new.site_name,
        new.word_count, new.kind, new.paywalled, new.quality_flags, new.removed, new.opt_outs, new.license_url,
        new.content_sha256, new.revision_count, new.first_seen_at, new.changed_at, new.gone_at, new.extractor)
) execute function note_change();
comment on trigger articles_note_change on articles is 'Notes the transaction of a change.';

alter table runs drop constraint runs_trigger_check;
alter table runs add constraint runs_trigger_check
    check (trigger in ('cli', 'schedule', 'once', 'backfill', 'check', 'import'));
comment on column runs.trigger is 'cli: by hand; schedule: by the crawl DAG; once: by crawl_once; backfill: a window of the past; check: by sources add or check; import: WARC files of others.';
