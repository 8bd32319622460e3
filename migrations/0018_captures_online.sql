-- online
-- Captures are asked for by their file when it is rewritten; who deletes one must find what points to it.

create index concurrently if not exists captures_file on captures (warc_file, warc_offset) where warc_file is not null;

create index concurrently if not exists captures_expired on captures (warc_file)
    where expired_at is not null and warc_file is not null;

create index concurrently if not exists captures_refers_to on captures (refers_to) where refers_to is not null;

create index concurrently if not exists articles_capture on articles (capture_id);

create index concurrently if not exists revisions_capture on revisions (capture_id);

create index concurrently if not exists quarantine_capture on quarantine (capture_id);

create index concurrently if not exists fetches_capture on fetches (capture_id) where capture_id is not null;

alter table captures validate constraint captures_kind_check;

alter table captures validate constraint captures_refers_to_check;

alter table captures validate constraint captures_body_sha1_check;

alter table captures validate constraint captures_place_check;
