-- Search in every language at once, in scripts without spaces too, and search_articles() for people in psql.

-- A name that this server does not know (estonian came with Postgres 18) is left out: such text is indexed as simple.
do $$
declare
    cases text;
begin
    select string_agg(format('when %L then %L::regconfig', code, name), ' ' order by code) into cases
    from (values
        ('ar', 'arabic'), ('ca', 'catalan'), ('da', 'danish'), ('de', 'german'), ('el', 'greek'), ('en', 'english'),
        ('es', 'spanish'), ('et', 'estonian'), ('eu', 'basque'), ('fi', 'finnish'), ('fr', 'french'), ('ga', 'irish'),
        ('hi', 'hindi'), ('hu', 'hungarian'), ('hy', 'armenian'), ('id', 'indonesian'), ('it', 'italian'),
        ('lt', 'lithuanian'), ('nb', 'norwegian'), ('ne', 'nepali'), ('nl', 'dutch'), ('nn', 'norwegian'),
        ('no', 'norwegian'), ('pt', 'portuguese'), ('ro', 'romanian'), ('ru', 'russian'), ('sr', 'serbian'),
        ('sv', 'swedish'), ('ta', 'tamil'), ('tr', 'turkish'), ('yi', 'yiddish')
    ) as known (code, name)
    where exists (select from pg_ts_config where cfgname = name and cfgnamespace = 'pg_catalog'::regnamespace);
    execute format(
        'create or replace function language_config(language text) returns regconfig '
        'language sql immutable parallel safe '
        'return case split_part(lower(language), ''-'', 1) %s else ''simple''::regconfig end', cases
    );
end
$$;

-- Letters, and the marks that stand after them: Thai, Lao, Burmese, Khmer, Hangul, kana, Han.
create function unspaced(pattern text) returns text
    language sql immutable parallel safe
    return replace(
        replace(
            pattern, 'L',
            '\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf'
            || '\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3'
            || '\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f'
            || '\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af'),
        'M', '\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3');
comment on function unspaced(text) is 'A regular expression in which L in brackets stands for the letters of scripts that put no space between words, and M for the marks on them.';

-- A comma ends a word in a text and in a typed query alike, and in a query it makes a phrase of its neighbours.
create function bigrams(words text) returns text
    language sql immutable parallel safe
    return case when words ~ unspaced('[L]') then
        regexp_replace(
            regexp_replace(words, unspaced('(?<=[LM])([L][M]*)(?=[L])'), '\1,\1', 'g'),
            unspaced('([LM]+)'), ',\1,', 'g')
        else words end;
comment on function bigrams(text) is 'The text with each run of letters without spaces as its overlapping pairs: 東京都 becomes ,東京,,京都, and all else stays.';

create function unigrams(words text, mark text) returns text
    language sql immutable parallel safe
    return case when words ~ unspaced('[L]') then
        regexp_replace(words, unspaced('([L][M]*)'), mark || '\1' || mark, 'g')
        else words end;
comment on function unigrams(text, text) is 'The text with a mark on both sides of each letter of those scripts.';

create function last_letters(words text) returns text
    language sql immutable parallel safe
    return case when words ~ unspaced('[L]') then
        regexp_replace(words, unspaced('[^LM]+|[L][M]*(?=[L])'), ' ', 'g')
        else '' end;
comment on function last_letters(text) is 'The last letter of each run without spaces: no pair begins with it, and a query of one letter looks for the pairs that do.';

-- The language is in the vector as a word of its own, =de, that no text has: what is asked in all languages at once
-- is answered by the index alone, German words by German articles only. Text is capped, before and after it is cut
-- into pairs: a tsvector over 1 MB would refuse the whole row.
create or replace function article_search(language text, title text, body text) returns tsvector
    language sql immutable parallel safe
    return setweight(to_tsvector(language_config(language), bigrams(left(title, 1000))), 'A')
        || setweight(to_tsvector(language_config(language), left(bigrams(left(body, 100000)), 200000)), 'B')
        || strip(to_tsvector('simple', last_letters(left(title, 1000) || ' ' || left(body, 100000))))
        || array_to_tsvector(array['=' || coalesce(language, '')]);
comment on function article_search(text, text, text) is 'Search vector of an article in its own language, title weighted above text, scripts without spaces as pairs of letters; =de is its language.';

-- No release has this table yet, so writing every row anew costs nobody anything. It takes back what 0001 indexed.
alter table articles drop column search;
alter table articles add search tsvector generated always as (article_search(language, title, text)) stored;
create index articles_search on articles using gin (search);
create index articles_language on articles ((coalesce(language, '')));
comment on column articles.search is 'Search vector, see article_search; ask it with article_query.';

create function article_languages() returns setof text
    language sql stable parallel safe rows 10
begin atomic
    with recursive found as (
        (select coalesce(a.language, '') as language from articles a order by 1 limit 1)
        union all
        select (select coalesce(a.language, '') from articles a where coalesce(a.language, '') > found.language
                order by 1 limit 1)
        from found where found.language is not null
    )
    select found.language from found where found.language is not null;
end;
comment on function article_languages() is 'Languages that articles are in, empty for those of none: a step in the index for each, not for each article.';

-- In one of many languages, a query of nothing but stop words is nothing to report: no notice.
create function words_query(config regconfig, words text) returns tsquery
    language sql immutable parallel safe
    set client_min_messages = warning
    return regexp_replace(
        websearch_to_tsquery(config, bigrams(words))::text, unspaced('''([L][M]*)'''), '''\1'':*', 'g')::tsquery;
comment on function words_query(regconfig, text) is 'Query of words as typed into a search box, in one configuration; a single letter of a script without spaces matches the pairs that begin with it.';

create function in_language(language text, query tsquery) returns tsquery
    language sql immutable parallel safe
    return query && ('''=' || replace(language, '''', '''''') || '''')::tsquery;
comment on function in_language(text, tsquery) is 'The query, for articles of one language only.';

create aggregate any_query(tsquery) (sfunc = tsquery_or, stype = tsquery, parallel = safe);
comment on aggregate any_query(tsquery) is 'What matches where any of the queries does.';

create function article_queries(words text) returns table (language text, query tsquery)
    language sql stable parallel safe rows 10
begin atomic
    select l.language, q.query
    from article_languages() as l (language), words_query(language_config(l.language), words) as q (query)
    where numnode(q.query) > 0;
end;
comment on function article_queries(text) is 'The words as each language of the archive has them, but for languages in which they are all stop words.';

create or replace function article_query(language text, words text) returns tsquery
    language sql stable parallel safe
    return case when language is not null then words_query(language_config(language), words)
        else (select any_query(in_language(q.language, q.query)) from article_queries(words) q) end;
comment on function article_query(text, text) is 'Query for articles.search from words as typed into a search box; without a language, in that of each article.';

-- A passage is cut from a text whose letters without spaces stand apart, by a character that no stored text has; what
-- matched is put together again afterwards.
create function article_passage(language text, body text, words text) returns text
    language sql immutable parallel safe
    return regexp_replace(
        translate(
            regexp_replace(
                ts_headline(
                    language_config(language), unigrams(left(body, 20000), chr(31)),
                    websearch_to_tsquery(language_config(language), unigrams(words, ',')),
                    'MaxFragments=1, ShortWord=0, StartSel=**, StopSel=**, '
                    || case when left(body, 20000) ~ unspaced('[L]{3}')
                        then 'MaxWords=70, MinWords=40' else 'MaxWords=25, MinWords=10' end),
                '\*\*\x1f+\*\*', '', 'g'),
            chr(31), ''),
        '\s+', ' ', 'g');
comment on function article_passage(text, text, text) is 'The passage of a text that matches words as typed into a search box, **what matched** between asterisks.';

create type found_article as (
    id bigint, source text, title text, url text, published_at timestamptz, published_precision text, agency text,
    place text, language text, kind text, rank real, passage text
);
comment on type found_article is 'A row of search_articles.';
comment on column found_article.id is 'articles.id.';
comment on column found_article.source is 'Name of the outlet.';
comment on column found_article.title is 'Headline.';
comment on column found_article.url is 'Address it was fetched from.';
comment on column found_article.published_at is 'When the outlet says it was published.';
comment on column found_article.published_precision is 'How exactly that is known: second, minute, day, month.';
comment on column found_article.agency is 'News agency credited.';
comment on column found_article.place is 'Place in the dateline.';
comment on column found_article.language is 'Language of the text, ISO 639-1.';
comment on column found_article.kind is 'article, live, gallery, video.';
comment on column found_article.rank is 'How well it answers: words in the headline, words near each other, a little for being new. Above 0, below 1.5.';
comment on column found_article.passage is 'The passage that matches, **what matched** between asterisks.';

-- Parameters are named as the options of dateline search. Ranking reads whole vectors, so only the newest 5,000 that
-- match are ranked. What was published today counts up to half more than what is old or undated, a month ago a quarter.
create function search_articles(
    query text, source text default null, agency text default null, place text default null,
    language text default null, since timestamptz default null, until timestamptz default null,
    flag text default null, kind text default null, most integer default 20
) returns setof found_article
    language sql stable parallel safe rows 20
as $$
    with asked as materialized (
        select q.language, q.query from article_queries(search_articles.query) q
        where search_articles.language is null or q.language = lower(search_articles.language)
    ),
    matching as (
        select a.id, a.published_at
        from articles a
        where a.search @@ (select any_query(in_language(q.language, q.query)) from asked q)
            and (search_articles.source is null
                or a.source_id = (select s.id from sources s where s.name = search_articles.source))
            and (search_articles.agency is null or lower(a.agency) = lower(search_articles.agency))
            and (search_articles.place is null or lower(a.dateline_place) = lower(search_articles.place))
            and (search_articles.since is null or a.published_at >= search_articles.since)
            and (search_articles.until is null or a.published_at < search_articles.until)
            and (search_articles.flag is null or a.quality_flags @> array[search_articles.flag])
            and (search_articles.kind is null or a.kind = search_articles.kind)
        order by a.published_at desc nulls last
        limit 5000
    ),
    ranked as (
        select m.id, asked.query, m.published_at,
            (ts_rank_cd(a.search, asked.query, 33) * (1 + 0.5 / (1 +
                greatest(extract(epoch from now() - coalesce(m.published_at, '1990-01-01')), 0) / 2592000)))::real as rank
        from matching m join articles a using (id) join asked on asked.language = coalesce(a.language, '')
        order by rank desc, m.published_at desc nulls last, m.id desc
        limit search_articles.most
    )
    select a.id, s.name, a.title, a.url, a.published_at, a.published_precision, a.agency, a.dateline_place, a.language,
        a.kind, ranked.rank, article_passage(a.language, a.text, search_articles.query)
    from ranked join articles a using (id) join sources s on s.id = a.source_id
    order by ranked.rank desc, ranked.published_at desc nulls last, ranked.id desc
$$;
comment on function search_articles(text, text, text, text, text, timestamptz, timestamptz, text, text, integer) is 'Articles that match words as typed into a search box, best first: select * from search_articles(''harbour bridge'', language => ''en'', since => ''2026-01-01''). Any filter may be left out; since <= published_at < until; most is how many.';
