-- Clusters while crawls go on: articles queue to be assigned, and what is kept of each text decides without the text.

create table cluster_queue (
    id         bigint generated always as identity primary key,
    article_id bigint not null
);
comment on table cluster_queue is 'Articles to be assigned to their clusters, written with the article itself: a crash loses none. No foreign key, which would want an index.';
comment on column cluster_queue.id is 'Key. A change while an article is being assigned queues it once more.';
comment on column cluster_queue.article_id is 'The article.';

create function queue_for_clusters() returns trigger
    language plpgsql
    as $$
begin
    insert into cluster_queue (article_id) values (new.id);
    return null;
end
$$;
comment on function queue_for_clusters() is 'Queues an article for its cluster, whoever stored it.';

create trigger articles_queue_new after insert on articles for each row execute function queue_for_clusters();
comment on trigger articles_queue_new on articles is 'Queues a new article.';
create trigger articles_queue_changed after update on articles for each row when (
    (old.text, old.source_id, old.agency, old.published_at, old.published_precision, old.first_seen_at)
    is distinct from
    (new.text, new.source_id, new.agency, new.published_at, new.published_precision, new.first_seen_at)
) execute function queue_for_clusters();
comment on trigger articles_queue_changed on articles is 'Queues an article again when what decides its cluster, or its place in that, has changed.';

-- Other hashes than before, and fewer of them in the index, which are written anew: 0017 queues every article. Whoever
-- deletes articles cleans these tables by a trigger: for a foreign key all of the index is read for each article that goes.
truncate fingerprints, sketches;
alter table fingerprints drop constraint fingerprints_article_id_fkey;
comment on table fingerprints is 'The index that finds articles with a text in common: the 16 least hashes of each one''s shingles of five words.';
comment on column fingerprints.hash is 'The upper 63 bits of XXH3 (64 bits) of the shingle.';
comment on table sketches is 'What text_sketches replaces: only the version before writes here.';
create table text_sketches (
    article_id bigint primary key,
    sample     bigint[] not null,
    shingles   integer not null
);
alter table text_sketches alter sample set storage external;
comment on table text_sketches is 'What is kept of each text of 40 words and more, to compare it by.';
comment on column text_sketches.article_id is 'The article.';
comment on column text_sketches.sample is 'The 192 least hashes of its shingles, least first; by the first 16 the article is found.';
comment on column text_sketches.shingles is 'How many distinct shingles the text has: what the sample stands for.';

-- Articles that go take their place in a cluster along before its first article is looked for anew.
alter table clusters alter constraint clusters_first_article_id_fkey deferrable initially deferred;

create function refresh_clusters(changed bigint[]) returns void
    language plpgsql
    as $$
begin
    perform from clusters where id = any(changed) order by id for update;
    update articles set cluster_id = null
    where id in (
        select min(article_id) from cluster_articles where cluster_id = any(changed)
        group by cluster_id having count(*) = 1
    );
    delete from cluster_articles m where m.cluster_id = any(changed)
        and not exists (select from cluster_articles o where o.cluster_id = m.cluster_id and o.article_id <> m.article_id);
    delete from clusters c where c.id = any(changed)
        and not exists (select from cluster_articles m where m.cluster_id = c.id);
    update articles a set cluster_id = m.cluster_id
    from cluster_articles m
    where m.cluster_id = any(changed) and a.id = m.article_id and a.cluster_id is distinct from m.cluster_id;
    update clusters c set first_article_id = n.first_article_id, first_published_at = n.first_published_at,
        last_published_at = n.last_published_at, size = n.size, outlets = n.outlets
    from (
        select m.cluster_id, (array_agg(a.id order by p.at, a.first_seen_at, a.id))[1] as first_article_id,
            min(p.at) as first_published_at, max(p.at) as last_published_at, count(*) as size,
            count(distinct a.source_id) as outlets
        from cluster_articles m join articles a on a.id = m.article_id
            cross join lateral (select published_moment(a.published_at, a.published_precision, a.first_seen_at) as at) p
        where m.cluster_id = any(changed) group by m.cluster_id
    ) n
    where c.id = n.cluster_id;
    update cluster_articles m set delay = d.delay
    from (
        select a.id, published_moment(a.published_at, a.published_precision, a.first_seen_at)
            - c.first_published_at as delay
        from cluster_articles i join articles a on a.id = i.article_id join clusters c on c.id = i.cluster_id
        where i.cluster_id = any(changed)
    ) d
    where m.article_id = d.id and m.delay <> d.delay;
end
$$;
comment on function refresh_clusters(bigint[]) is 'Makes articles and clusters say what cluster_articles says: members, first article, outlets, delays; a cluster of one article ends.';

create function leave_clusters() returns trigger
    language plpgsql
    as $$
begin
    with sketch as (delete from text_sketches where article_id in (select id from gone) returning article_id, sample)
    delete from fingerprints f using sketch where f.article_id = sketch.article_id and f.hash = any(sketch.sample);
    perform refresh_clusters(array(select distinct cluster_id from gone where cluster_id is not null));
    return null;
end
$$;
comment on function leave_clusters() is 'Takes deleted articles out of their clusters and out of the index.';
create trigger articles_leave_clusters after delete on articles referencing old table as gone
    for each statement execute function leave_clusters();
comment on trigger articles_leave_clusters on articles is 'A cluster does not outlive its articles.';

-- The same as in 0004, and cluster_id, which exports have now.
create or replace trigger articles_note_change before update on articles for each row when (
    (old.source_id, old.url, old.canonical_url, old.title, old.text, old.excerpt, old.authors, old.agency,
        old.dateline_place, old.dateline_date, old.published_at, old.published_precision, old.published_origin,
        old.date_witnesses, old.modified_at, old.language, old.section, old.tags, old.image_url, old.site_name,
        old.word_count, old.kind, old.paywalled, old.quality_flags, old.removed, old.opt_outs, old.license_url,
        old.content_sha256, old.revision_count, old.cluster_id, old.first_seen_at, old.changed_at, old.gone_at,
        old.extractor)
    is distinct from
    (new.source_id, new.url, new.canonical_url, new.title, new.text, new.excerpt, new.authors, new.agency,
        new.dateline_place, new.dateline_date, new.published_at, new.published_precision, new.published_origin,
        new.date_witnesses, new.modified_at, new.language, new.section, new.tags, new.image_url, new.site_name,
        new.word_count, new.kind, new.paywalled, new.quality_flags, new.removed, new.opt_outs, new.license_url,
        new.content_sha256, new.revision_count, new.cluster_id, new.first_seen_at, new.changed_at, new.gone_at,
        new.extractor)
) execute function note_change();
comment on trigger articles_note_change on articles is 'Notes the transaction of a change.';
