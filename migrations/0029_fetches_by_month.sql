-- The log of requests is kept by months, so that its end costs nothing: a month that had its time is dropped. What there
-- is becomes the partition for all that has no month of its own, as it stands: no row is read. dateline fetches prune
-- makes the months to come and ends those that are over.

-- The triggers of the old table's foreign keys go, which are part of the tables that it refers to: so all of them have to
-- be had. A vacuum is made to end first, by a lock that holds up nobody else. Then others wait, for less than the second
-- after which Postgres looks for deadlocks.
set local lock_timeout = '2s';
lock table pages, captures, endpoints, runs, fetches in share update exclusive mode;
set local lock_timeout = '150ms';
lock table pages, captures, endpoints, runs, fetches in access exclusive mode;

alter table fetches rename to fetches_default;
alter table fetches_default drop constraint fetches_pkey;
alter table fetches_default add constraint fetches_default_pkey primary key using index fetches_id_at;
alter index fetches_page rename to fetches_default_page;
alter index fetches_run rename to fetches_default_run;
alter index fetches_capture rename to fetches_default_capture;
create temporary table fetches_next on commit drop as select nextval('fetches_id_seq') as id;
alter table fetches_default alter id drop identity;
comment on table fetches_default is 'The rows of fetches that have no month of their own: those of before there were any, and of months that nobody made.';

create table fetches (like fetches_default including defaults including comments) partition by range (at);
alter table fetches
    alter id add generated always as identity,
    add primary key (id, at),
    add foreign key (run_id) references runs,
    add foreign key (page_id) references pages,
    add foreign key (endpoint_id) references endpoints,
    add foreign key (capture_id) references captures;
create index fetches_page on fetches (page_id, at desc) where page_id is not null;
create index fetches_run on fetches (run_id);
create index fetches_capture on fetches (capture_id) where capture_id is not null;
comment on table fetches is 'Log of every request for a page or an endpoint, and what came of it. By months of at, which end with DATELINE_KEEP_FETCHES; sources.log_from says where it begins.';

-- Who has rights has them on the whole from now on: the crawls of writers go on.
do $$
declare
    given record;
begin
    for given in
        select privilege_type, case when grantee = 0 then 'public' else grantee::regrole::text end as name,
            case when is_grantable then ' with grant option' else '' end as more
        from pg_class, aclexplode(relacl) where oid = 'fetches_default'::regclass and grantee <> relowner
    loop
        execute format('grant %s on fetches to %s%s', given.privilege_type, given.name, given.more);
        execute format('revoke %s on fetches_default from %s cascade', given.privilege_type, given.name);
    end loop;
    execute (select format('alter table fetches owner to %s', relowner::regrole) from pg_class where oid = 'fetches_default'::regclass);
end
$$;
select setval('fetches_id_seq', id, false) from fetches_next;

alter table fetches attach partition fetches_default default;

-- What the log is still needed for when it has ended: the story that a page shares is deleted with all its pages.
alter table pages add column twin_of text[] not null default '{}';
comment on column pages.twin_of is 'Addresses that had its story at visits which are no longer in fetches.';
