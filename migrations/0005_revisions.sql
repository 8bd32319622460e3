-- Revisions tell the newsroom's changes from the extractor's, and views show every state an article was in.

alter table revisions
    add made_by text not null default 'newsroom' check (made_by in ('newsroom', 'extractor'));
alter table revisions alter made_by drop default;
comment on table revisions is 'Former states of articles: what each said before it changed. All states, the current one too, are in article_versions.';
comment on column revisions.change is 'What replaced this state: substantive (other words in the text), title (other words in the headline alone), minor (the same words: commas, case, quotes, spacing, the time of an update).';
comment on column revisions.made_by is 'Who replaced this state: newsroom (the page says something else), extractor (a newer version reads the same page otherwise).';
comment on column revisions.run_id is 'The run that fetched what the next state was read from.';
comment on column articles.revision_count is 'How often the newsroom changed title or text since first_seen_at.';
comment on column articles.changed_at is 'When the newsroom last changed title or text, as we saw it.';
comment on column runs.revised is 'Articles whose title or text the newsroom had changed.';

alter table quarantine add retried_by text;
comment on column quarantine.retried_by is 'Version of the extractor that read the capture again and could not either; null: none has tried.';

create view article_versions as
    select article_id, number, title, text, seen_from, seen_until,
        lag(change) over states as change, lag(made_by) over states as made_by, extractor, is_current
    from (
        select article_id, number, title, text, seen_from, replaced_at as seen_until, change, made_by, extractor,
            false as is_current
        from revisions
        union all
        select a.id, coalesce(r.number, 0) + 1, a.title, a.text, coalesce(r.replaced_at, a.first_seen_at), a.gone_at,
            null, null, a.extractor, true
        from articles a left join lateral (
            select number, replaced_at from revisions where article_id = a.id order by number desc limit 1
        ) r on true
    ) s
    window states as (partition by article_id order by number);
comment on view article_versions is 'Every state an article was in, the current one too: one row a state.';
comment on column article_versions.article_id is 'The article.';
comment on column article_versions.number is '1 is the state it was first seen in.';
comment on column article_versions.title is 'Headline.';
comment on column article_versions.text is 'Text.';
comment on column article_versions.seen_from is 'When we first saw this state.';
comment on column article_versions.seen_until is 'When we saw the next one, or that the page is gone; null: it stands.';
comment on column article_versions.change is 'What kind of change made this state of the one before, as in revisions.change; null for the first.';
comment on column article_versions.made_by is 'Who made that change: newsroom or extractor; null for the first.';
comment on column article_versions.extractor is 'Version of the extractor that read it.';
comment on column article_versions.is_current is 'Whether it is what articles says.';

create view revision_pairs as
    select r.article_id, r.number, r.change, r.made_by, r.replaced_at as changed_at,
        r.title as title_before, coalesce(n.title, a.title) as title_after,
        r.text as text_before, coalesce(n.text, a.text) as text_after,
        r.extractor as extractor_before, coalesce(n.extractor, a.extractor) as extractor_after
    from revisions r join articles a on a.id = r.article_id
    left join revisions n on n.article_id = r.article_id and n.number = r.number + 1;
comment on view revision_pairs is 'Every change of an article: the state before it beside the state after it, one row a change.';
comment on column revision_pairs.article_id is 'The article.';
comment on column revision_pairs.number is 'Number of the change: it made state number + 1 of state number.';
comment on column revision_pairs.change is 'substantive, title or minor, as in revisions.change.';
comment on column revision_pairs.made_by is 'newsroom or extractor.';
comment on column revision_pairs.changed_at is 'When we saw it.';
comment on column revision_pairs.title_before is 'Headline before.';
comment on column revision_pairs.title_after is 'Headline after.';
comment on column revision_pairs.text_before is 'Text before.';
comment on column revision_pairs.text_after is 'Text after.';
comment on column revision_pairs.extractor_before is 'Version of the extractor that read the state before.';
comment on column revision_pairs.extractor_after is 'Version of the extractor that read the state after.';
