-- online
-- What people ask for daily (docs/queries.md): an agency's stories, those of a place, what is gone, what was changed.

create index concurrently if not exists articles_agency on articles (agency, published_at) where agency is not null;

create index concurrently if not exists articles_place on articles (lower(dateline_place), published_at)
    where dateline_place is not null;

create index concurrently if not exists articles_gone on articles (gone_at) where gone_at is not null;

create index concurrently if not exists revisions_replaced on revisions (replaced_at);
