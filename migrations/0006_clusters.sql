-- Syndication: one wire story on many sites is one cluster, found by the text they share, decided when it is stored.

create table clusters (
    id                 bigint generated always as identity primary key,
    first_article_id   bigint not null references articles,
    first_published_at timestamptz not null,
    last_published_at  timestamptz not null,
    size               integer not null default 1,
    outlets            integer not null default 1,
    created_at         timestamptz not null default now()
);
comment on table clusters is 'Stories that were published more than once: two or more articles that share their text.';
comment on column clusters.id is 'Key. Of two clusters that turn out to be one the older stays; a rebuild gives new ones.';
comment on column clusters.first_article_id is 'The article that was published first, see published_moment.';
comment on column clusters.first_published_at is 'When that one was published.';
comment on column clusters.last_published_at is 'When the latest was published.';
comment on column clusters.size is 'Articles.';
comment on column clusters.outlets is 'Outlets that have it.';
comment on column clusters.created_at is 'When the second of its articles was stored.';

create table cluster_articles (
    article_id bigint primary key references articles on delete cascade,
    cluster_id bigint not null references clusters,
    similarity real not null check (similarity between 0 and 1),
    delay      interval not null default '0',
    joined_at  timestamptz not null default now(),
    evidence   jsonb not null default '{}'
);
create index cluster_articles_cluster on cluster_articles (cluster_id);
comment on table cluster_articles is 'Which articles are one story, and by what evidence.';
comment on column cluster_articles.article_id is 'The article.';
comment on column cluster_articles.cluster_id is 'The story.';
comment on column cluster_articles.similarity is 'How much of the shorter text is in the longer, 0 to 1, beside the article that it matched.';
comment on column cluster_articles.delay is 'How long after the first article of the story it was published.';
comment on column cluster_articles.joined_at is 'When it was found to be of the story.';
comment on column cluster_articles.evidence is 'The article it matched, how much of the longer text they share, whether both credit one agency.';

create table fingerprints (
    hash       bigint not null,
    article_id bigint not null references articles on delete cascade,
    primary key (hash, article_id)
);
comment on table fingerprints is 'The index that finds articles with a text in common: the least hashes of each one''s shingles of five words.';
comment on column fingerprints.hash is 'First eight bytes of BLAKE2b of the shingle, as a signed number.';
comment on column fingerprints.article_id is 'The article that has it.';

create table sketches (
    article_id bigint primary key references articles on delete cascade,
    hashes     bigint[] not null
);
comment on table sketches is 'The fingerprints of each article together: what to take out of the index when its text changes.';
comment on column sketches.article_id is 'The article.';
comment on column sketches.hashes is 'Its fingerprints, least first.';

-- No index and no foreign key, which would want one: any index on it makes each update of it write to all the others.
alter table articles add cluster_id bigint;
comment on column articles.cluster_id is 'The story it shares with other articles; null where it stands alone.';

-- Outlets that give a day only would come first in every story: their midnight is no hour they claim.
create function published_moment(published_at timestamptz, published_precision text, first_seen_at timestamptz)
    returns timestamptz language sql stable parallel safe
    return case
        when published_at is null then first_seen_at
        when published_precision = 'day' then greatest(published_at, least(first_seen_at, published_at + interval '1 day'))
        when published_precision = 'month' then greatest(published_at, least(first_seen_at, published_at + interval '1 month'))
        else published_at end;
comment on function published_moment(timestamptz, text, timestamptz) is 'When an article came out: as the outlet says; where it says a day only, when we first saw it, if on that day, else the end of it.';

create view stories as
    select c.id as cluster_id, a.id as article_id, a.title, s.name as first_outlet, a.url,
        published_moment(a.published_at, a.published_precision, a.first_seen_at) as published_at,
        c.last_published_at, coalesce(c.outlets, 1) as outlets, coalesce(c.size, 1) as articles, a.agency, a.language
    from articles a join sources s on s.id = a.source_id left join clusters c on c.id = a.cluster_id
    where c.id is null or c.first_article_id = a.id;
comment on view stories is 'One row a story, however many outlets have it; the title and the rest are those of the first.';
comment on column stories.cluster_id is 'Its cluster; null where one article alone tells it.';
comment on column stories.article_id is 'The article that was published first.';
comment on column stories.title is 'Headline of that one.';
comment on column stories.first_outlet is 'The outlet that published first.';
comment on column stories.url is 'Address of that article.';
comment on column stories.published_at is 'When that was, see published_moment.';
comment on column stories.last_published_at is 'When the latest outlet published it; null where there is no cluster.';
comment on column stories.outlets is 'How many outlets have it.';
comment on column stories.articles is 'How many articles.';
comment on column stories.agency is 'News agency that the first article credits.';
comment on column stories.language is 'Language of the first article.';

create view wire_spread as
    select m.cluster_id, a.id as article_id, s.name as outlet, a.url, a.title, a.agency,
        c.first_published_at + m.delay as published_at, m.delay, m.similarity,
        rank() over (partition by m.cluster_id order by m.delay) as place
    from cluster_articles m join clusters c on c.id = m.cluster_id
        join articles a on a.id = m.article_id join sources s on s.id = a.source_id;
comment on view wire_spread is 'How each clustered story went from outlet to outlet: one row an article.';
comment on column wire_spread.cluster_id is 'The story.';
comment on column wire_spread.article_id is 'The article.';
comment on column wire_spread.outlet is 'Its outlet.';
comment on column wire_spread.url is 'Its address.';
comment on column wire_spread.title is 'The headline this outlet gave it.';
comment on column wire_spread.agency is 'News agency that this outlet credits.';
comment on column wire_spread.published_at is 'When it was published, see published_moment.';
comment on column wire_spread.delay is 'How long after the first.';
comment on column wire_spread.similarity is 'How much of the shorter text is in the longer, beside the article that it matched.';
comment on column wire_spread.place is '1 for the first to publish; equal moments share a place.';

create view first_publishers as
    with placed as (
        select m.cluster_id, a.source_id, min(m.delay) as delay, bool_or(c.first_article_id = a.id) as is_first
        from cluster_articles m join clusters c on c.id = m.cluster_id join articles a on a.id = m.article_id
        where c.outlets > 1
        group by m.cluster_id, a.source_id
    )
    select s.name as outlet, count(*) as stories, count(*) filter (where is_first) as first,
        (count(*) filter (where is_first))::real / count(*) as share,
        percentile_cont(0.5) within group (order by delay) filter (where not is_first) as median_delay
    from placed join sources s on s.id = placed.source_id
    group by s.name;
comment on view first_publishers is 'Who publishes first: outlets by the stories that several have.';
comment on column first_publishers.outlet is 'The outlet.';
comment on column first_publishers.stories is 'Stories it shares with other outlets.';
comment on column first_publishers.first is 'How many of these it had first.';
comment on column first_publishers.share is 'The same as a share, 0 to 1.';
comment on column first_publishers.median_delay is 'How long after the first it has the others, in the middle of them.';
