-- Who asks why is told that there were visits before those in the log.

alter table sources add column log_from timestamptz;
comment on column sources.log_from is 'Its requests before this moment are no longer in fetches, which DATELINE_KEEP_FETCHES ended; null: all are there.';
