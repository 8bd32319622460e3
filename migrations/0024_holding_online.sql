-- online
-- The end of a run asks what is held of its outlet, and sums its days by what their runs held.

create index concurrently if not exists quarantine_held on quarantine (source_id) where held_for is not null and released_at is null;

create index concurrently if not exists quarantine_run on quarantine (run_id) where held_for is not null;
