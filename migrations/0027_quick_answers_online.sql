-- online
-- The orders that people ask stories in, by the number of outlets and by moment, one index for each half of the view; not
-- of the lone articles alone, since an index that knows cluster_id makes each update of it write to all the others. And
-- what the index of search has gathered goes to its place.

create index concurrently if not exists clusters_published on clusters (first_published_at);

create index concurrently if not exists clusters_outlets on clusters (outlets);

create index concurrently if not exists articles_moment on articles (
    published_moment(published_at, published_precision, first_seen_at)
);

select gin_clean_pending_list('articles_search_facets');
