-- online
-- The index of newest_matches: words, words of the headline, and what is filtered by. It answers all that articles_search does.

create index concurrently if not exists articles_search_facets on articles using gin (
    search,
    article_headline(language, title),
    article_facets(source_id, agency, dateline_place, published_at, quality_flags, kind)
);

drop index concurrently if exists articles_search;
