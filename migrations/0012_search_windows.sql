-- Search that stays quick at a million articles: the newest matches are found week by week, in one index with what
-- search filters by; ranking reads these alone, and those that match in the headline. And one row a story.

create function article_week(moment timestamptz) returns integer
    language sql immutable parallel safe
    return floor(extract(epoch from moment at time zone 'UTC') / 604800)::integer;
comment on function article_week(timestamptz) is 'The week that a moment is in, counted from 1 January 1970, a Thursday.';

-- A flag stands as it is: none has a space. Of a place or an agency 200 letters count, an index has no room for any length.
create function article_facets(
    source_id bigint, agency text, place text, published_at timestamptz, flags text[], kind text
) returns text[]
    language sql immutable parallel safe
    return array_remove(flags || array[
        'source ' || source_id::text, 'agency ' || lower(left(agency, 200)), 'place ' || lower(left(place, 200)),
        'week ' || article_week(published_at)::text, 'kind ' || kind], null);
comment on function article_facets(bigint, text, text, timestamptz, text[], text) is 'What search filters by, as values of one index: {source 7, agency reuters, week 2955, kind article, undated}.';

create function article_headline(language text, title text) returns tsvector
    language sql immutable parallel safe
    return article_search(language, title, '');
comment on function article_headline(text, text) is 'Search vector of an article''s title alone.';

create function without_phrases(query tsquery) returns tsquery
    language sql immutable parallel safe
    return case when query::text ~ '!\(' then query
        else regexp_replace(query::text, ' <(-|[0-9]+)> ', ' & ', 'g')::tsquery end;
comment on function without_phrases(tsquery) is 'The query with each phrase as its words anywhere, which an index answers alone. One that excludes a phrase stays: what lacks its words is less than what lacks it.';

-- Of a common word there are hundreds of thousands of matches. The newest are found a span of weeks at a time, each as
-- long as the ones before make it seem that it must be, but twice as long at least; the last is all that is left, and
-- so is one of more than 150 weeks: so many values cost more than they save.
-- The plan is always the same: the index answers for words, filters and weeks together.
create function newest_matches(
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
            where a.search @@ asked
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
comment on function newest_matches(tsquery, boolean, text[], timestamptz, timestamptz, integer) is 'The newest articles that match a query of articles.search (in the headline alone, where headlines is true) and have all the facets; those without a date, or with one to come, last.';

alter type found_article add attribute outlets integer;
comment on column found_article.outlets is 'How many outlets have the story, as clusters knows it; 1 where it stands alone.';

-- What is ranked: of those that match, the newest five hundred, and the newest two hundred that match in the headline. A
-- phrase is looked for in the newest fifteen hundred that have its words, or eight times as many as are wanted: no index
-- knows which words stand together.
drop function search_articles(text, text, text, text, text, timestamptz, timestamptz, text, text, integer);
create function search_articles(
    query text, source text default null, agency text default null, place text default null,
    language text default null, since timestamptz default null, until timestamptz default null,
    flag text default null, kind text default null, most integer default 20, stories boolean default false
) returns setof found_article
    language sql stable rows 20
    set plan_cache_mode = force_custom_plan
    set enable_seqscan = off
    set jit = off
as $$
    with asked as materialized (
        select q.language, q.query from article_queries(search_articles.query) q
        where search_articles.language is null or q.language = lower(search_articles.language)
    ),
    wanted as materialized (
        select any_query(in_language(q.language, q.query)) as query,
            any_query(in_language(q.language, without_phrases(q.query))) as words,
            coalesce(bool_or(q.query <> without_phrases(q.query)), false) as has_phrase,
            article_facets(
                case when search_articles.source is not null
                    then coalesce((select s.id from sources s where s.name = search_articles.source), 0) end,
                search_articles.agency, search_articles.place, null, array_remove(array[search_articles.flag], null),
                search_articles.kind) as facets
        from asked q
    ),
    candidates as materialized (
        (select n.id
        from wanted w
            cross join lateral (
                select * from newest_matches(w.words, false, w.facets, search_articles.since, search_articles.until,
                    case when w.has_phrase then greatest(1500, 8 * search_articles.most)
                        else greatest(500, search_articles.most) end)
                order by published_at desc nulls last
            ) n
        where not w.has_phrase or (select a.search @@ w.query from articles a where a.id = n.id)
        limit greatest(500, search_articles.most))
        union
        select n.id
        from wanted w, newest_matches(w.query, true, w.facets, search_articles.since, search_articles.until,
            greatest(200, search_articles.most)) n
    ),
    answers as materialized (
        select a.id, a.published_at, ts_rank_cd(a.search, q.query, 33) as answer,
            coalesce(a.cluster_id, -a.id) as story,
            published_moment(a.published_at, a.published_precision, a.first_seen_at) as moment
        from candidates c join articles a using (id) join asked q on q.language = coalesce(a.language, '')
    ),
    ranked as (
        select n.id, n.published_at, (n.answer * (1 + 0.5 / (1 + greatest(
            extract(epoch from now() - coalesce(n.published_at, '1990-01-01')), 0) / 2592000)))::real as rank
        from (select *, row_number() over (partition by story order by answer desc, moment, id) as place from answers) n
        where not search_articles.stories or n.place = 1
        order by rank desc, n.published_at desc nulls last, n.id desc
        limit search_articles.most
    )
    select a.id, s.name, a.title, a.url, a.published_at, a.published_precision, a.agency, a.dateline_place, a.language,
        a.kind, r.rank, article_passage(a.language, a.text, search_articles.query), coalesce(c.outlets, 1)
    from ranked r join articles a using (id) join sources s on s.id = a.source_id
        left join clusters c on c.id = a.cluster_id
    order by r.rank desc, r.published_at desc nulls last, r.id desc
$$;
comment on function search_articles(text, text, text, text, text, timestamptz, timestamptz, text, text, integer, boolean) is 'Articles that match words as typed into a search box, best first: select * from search_articles(''harbour bridge'', language => ''en'', since => ''2026-01-01''). Any filter may be left out; since <= published_at < until; most is how many; stories gives one article a story.';
