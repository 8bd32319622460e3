-- online
-- What the primary key of fetches is made of once the log is kept by months: it has to hold the moment.

create unique index concurrently if not exists fetches_id_at on fetches (id, at);
