-- What people were told of outlets, so that an outlet that is ill for days is one message a day and not one a crawl.

create table alerts (
    source_id bigint not null references sources,
    day       date not null default (now() at time zone 'UTC')::date,
    state     text not null check (state in ('failing', 'silent', 'degraded', 'late', 'well')),
    reason    text,
    told_at   timestamptz not null default now(),
    primary key (source_id, day, state)
);
comment on table alerts is 'What was told of outlets by the schedule: an outlet in a state once a day. Written after the message has gone out (dateline alerts --told).';
comment on column alerts.source_id is 'The outlet.';
comment on column alerts.day is 'The day of the message, in UTC.';
comment on column alerts.state is 'What was told: as in source_states; well: that it is well again, or fresh.';
comment on column alerts.reason is 'The reason that the message gave.';
comment on column alerts.told_at is 'When it was told.';
