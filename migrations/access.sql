-- Who may do what. dateline_reader reads what people ask for; dateline_writer does what a crawl does; neither changes the
-- schema. Runs with the last of the migrations that are applied, and with dateline migrate; again, it changes nothing.
do $$
declare
    readable constant text[] := array[
        'articles', 'revisions', 'article_versions', 'revision_pairs', 'sources', 'endpoints', 'runs', 'pages', 'fetches',
        'captures', 'quarantine', 'quarantined', 'clusters', 'cluster_articles', 'stories', 'wire_spread', 'first_publishers',
        'source_days', 'source_states', 'source_health', 'gates', 'alerts', 'schema_migrations', 'site_rules'
    ];
    -- Whose turn it is, what finds equal texts, what was forgotten: nothing to publish from.
    closed constant text[] := array[
        'hosts', 'fingerprints', 'sketches', 'text_sketches', 'cluster_queue', 'forgettings', 'tombstones',
        'tombstone_key'
    ];
    -- Emptied when clusters are made anew.
    emptied constant text[] := array['clusters', 'cluster_articles', 'fingerprints', 'sketches', 'text_sketches'];
    name text;
begin
    foreach name in array array['dateline_reader', 'dateline_writer'] loop
        if to_regrole(name) is null then
            begin
                execute format('create role %I nologin', name);
            exception
                when duplicate_object or unique_violation then null;  -- made for another database at the same moment
                when insufficient_privilege then return;  -- an administrator has to: dateline migrate says how
            end;
        end if;
    end loop;

    execute format('grant usage on schema %I to dateline_reader, dateline_writer', current_schema);
    for name in select c.relname from pg_class c where c.oid = any(select to_regclass(n) from unnest(readable || closed) n) loop
        if name = any(readable) then
            execute format('grant select on %I to dateline_reader', name);
        else
            execute format('revoke all on %I from dateline_reader', name);
        end if;
        if name = 'schema_migrations' or exists (select from pg_class where oid = to_regclass(name) and relkind = 'v') then
            execute format('grant select on %I to dateline_writer', name);
        else
            execute format('grant select, insert, update, delete on %I to dateline_writer', name);
        end if;
        if name = any(emptied) then
            execute format('grant truncate on %I to dateline_writer', name);
        end if;
    end loop;
end
$$;
