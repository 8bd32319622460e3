-- Quick at a million articles: headlines are searched without the words of the whole text, stories come in order from
-- an index, and to store an article, or to see one again, costs what it costs in a small archive.

-- An article that is seen again should be written beside itself, and no index with it. That takes room for one more row on
-- each page, and the search vector to be left alone: beside a trigger, Postgres makes a generated column anew at every
-- update of the row, and takes it for changed. So a trigger of its own makes it, when what it is made of has changed;
-- always, also where a session lets triggers rest.
alter table articles set (fillfactor = 80);
create function note_words() returns trigger
    language plpgsql
    as $$
begin
    new.search := article_search(new.language, new.title, new.text);
    return new;
end
$$;
comment on function note_words() is 'Keeps articles.search.';
alter table articles alter column search drop expression;
create trigger articles_note_first_words before insert on articles for each row execute function note_words();
comment on trigger articles_note_first_words on articles is 'Makes the search vector of a new article.';
create trigger articles_note_words before update on articles for each row
    when ((old.language, old.title, old.text) is distinct from (new.language, new.title, new.text))
    execute function note_words();
comment on trigger articles_note_words on articles is 'Makes the search vector again when an article says something else.';
alter table articles enable always trigger articles_note_first_words, enable always trigger articles_note_words;
comment on column articles.search is 'Search vector, see article_search; ask it with article_query. Kept by a trigger.';

-- New words go to their place at once. Gathered first, they held up one crawl in a thousand articles for seconds, and
-- every search read them through.
alter index articles_search_facets set (fastupdate = off);

create or replace function newest_matches(
    asked tsquery, headlines boolean, facets text[], since timestamptz, until timestamptz, most integer
) returns table (id bigint, published_at timestamptz)
    language plpgsql stable rows 1000
    set plan_cache_mode = force_custom_plan
    set enable_seqscan = off
    set jit = off
    set work_mem = '64MB'
as $$
declare
    newest constant integer := article_week(
        least((select max(a.published_at) from articles a), until, now() + interval '7 days'));
    oldest constant integer := article_week(greatest((select min(a.published_at) from articles a), since));
    -- What has the words in its headline has them, unless some must be absent: then the larger column need not be asked.
    is_within constant boolean := headlines and asked::text !~ '!';
    first integer;
    last integer := newest;
    span integer := 1;
    weeks text[];
    is_rest boolean;
    found_now integer;
    found_all integer := 0;
begin
    loop
        first := greatest(last - span + 1, oldest);
        is_rest := coalesce(first <= oldest or span > 150, true);
        weeks := array(select 'week ' || w from generate_series(first, last) w);
        if is_rest then
            weeks := case when since is not null and span <= 150 then weeks || array(
                select 'week ' || article_week(a.published_at) from articles a
                where a.published_at > now() + interval '7 days' and a.published_at >= since) end;
        end if;
        return query
            select a.id, a.published_at from articles a
            where (is_within or a.search @@ asked)
                and (not headlines or article_headline(a.language, a.title) @@ asked)
                and (facets = '{}' or article_facets(
                    a.source_id, a.agency, a.dateline_place, a.published_at, a.quality_flags, a.kind) @> facets)
                and (weeks is null or article_facets(
                    a.source_id, a.agency, a.dateline_place, a.published_at, a.quality_flags, a.kind) && weeks)
                and (weeks is not null or last = newest
                    or coalesce(article_week(a.published_at) not between last + 1 and newest, true))
                and coalesce(a.published_at >= since, since is null)
                and coalesce(a.published_at < until, until is null)
            order by coalesce(article_week(a.published_at) <= newest, false) desc, a.published_at desc nulls last
            limit most - found_all;
        get diagnostics found_now = row_count;
        found_all := found_all + found_now;
        exit when is_rest or found_all >= most;
        last := first - 1;
        span := least(greatest(2 * span, ceil(1.3 * (most - found_all) * (newest - last) / greatest(found_all, 1))), 1000);
    end loop;
end
$$;

-- Days and months are those of UTC, whatever the session's time zone, so that an index may hold the result.
create or replace function published_moment(published_at timestamptz, published_precision text, first_seen_at timestamptz)
    returns timestamptz language sql immutable parallel safe
    return case
        when published_at is null then first_seen_at
        when published_precision = 'day' then greatest(published_at, least(first_seen_at, published_at + interval '24 hours'))
        when published_precision = 'month' then greatest(published_at, least(first_seen_at,
            (published_at at time zone 'UTC' + interval '1 month') at time zone 'UTC'))
        else published_at end;

-- Each half is one table without a condition of its own, which is what lets an index give the order of the whole: so the
-- articles of clusters are left out after, and what is joined to both halves is joined after.
create or replace view stories as
    select t.cluster_id, a.id as article_id, a.title, s.name as first_outlet, a.url, t.published_at, t.last_published_at,
        t.outlets, t.articles, a.agency, a.language
    from (
        select id as cluster_id, first_article_id as article_id, first_published_at as published_at, last_published_at,
            outlets, size as articles, false as is_member
        from clusters
        union all
        select null::bigint, id, published_moment(published_at, published_precision, first_seen_at), null::timestamptz, 1, 1,
            cluster_id is not null
        from articles
    ) t join articles a on a.id = t.article_id join sources s on s.id = a.source_id
    where not t.is_member;
