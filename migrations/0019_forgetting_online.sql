-- online
-- Deleting an article asks whether a cluster begins with it.

create index concurrently if not exists clusters_first_article on clusters (first_article_id);
