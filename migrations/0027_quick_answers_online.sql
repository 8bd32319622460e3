-- online
-- The orders that people ask stories in, one index for each half of the view: by moment, and by the number of outlets.
-- Not of the lone articles alone: an index that knows cluster_id makes each update of it write to all the others.

create index concurrently if not exists clusters_published on clusters (first_published_at);

create index concurrently if not exists clusters_outlets on clusters (outlets);

create index concurrently if not exists articles_moment on articles (
    published_moment(published_at, published_precision, first_seen_at)
);
