-- Health as data: what each outlet gives a day beside what it usually gives, the gates it has to pass, the verdict.

alter table runs add watch boolean not null default true;
comment on column runs.watch is 'True for a crawl that looked for whatever is new at the outlet; false for URLs named by hand, a window of the past, an import. Those of before this column count by their trigger.';

create table source_days (
    source_id       bigint not null references sources,
    day             date not null,
    crawls          integer not null default 0,
    failed_crawls   integer not null default 0,
    discovered      integer not null default 0,
    fetched         integer not null default 0,
    stored          integer not null default 0,
    revised         integer not null default 0,
    unchanged       integer not null default 0,
    skipped         integer not null default 0,
    failed          integer not null default 0,
    asked           integer not null default 0,
    blocked         integer not null default 0,
    empty           integer not null default 0,
    stories         integer not null default 0,
    undated         integer not null default 0,
    dates_today     integer not null default 0,
    mean_words      real,
    median_words    real,
    first_stored_at timestamptz,
    last_stored_at  timestamptz,
    newest_at       timestamptz,
    expected        real,
    expected_low    real,
    expected_high   real,
    expected_days   smallint not null default 0,
    computed_at     timestamptz not null default now(),
    primary key (source_id, day)
);
comment on table source_days is 'What each outlet gave a day (UTC), and what was to be expected. Summed from runs, fetches and articles; a crawl counts on the day it began. No row: not crawled.';
comment on column source_days.source_id is 'The outlet.';
comment on column source_days.day is 'The day, in UTC.';
comment on column source_days.crawls is 'Crawls that looked for whatever is new (runs.watch), ended or not.';
comment on column source_days.failed_crawls is 'Those of them that failed, found no story listed, or died.';
comment on column source_days.discovered is 'Story links that were new to the frontier, of all runs of the day.';
comment on column source_days.fetched is 'Story pages requested and answered, of all runs.';
comment on column source_days.stored is 'Articles stored for the first time, of all runs.';
comment on column source_days.revised is 'Articles whose title or text the newsroom had changed, of all runs.';
comment on column source_days.unchanged is 'Pages that said what they said before, of all runs.';
comment on column source_days.skipped is 'Pages that are no articles, that are twins, or that robots.txt forbids, of all runs.';
comment on column source_days.failed is 'Pages that failed, of all runs.';
comment on column source_days.asked is 'Requests for pages and endpoints, of all runs.';
comment on column source_days.blocked is 'Those that the site refused: 401, 402, 403, 407, 429, 451, robots.txt unreachable, a host that asks to be left alone, a page that asks for a login or for consent in place of a story.';
comment on column source_days.empty is 'Pages that answered and had no text of a story, or said that they do not exist.';
comment on column source_days.stories is 'The volume: articles stored by crawls that look for what is new, published in the week before or undated. The columns that follow are of these.';
comment on column source_days.undated is 'Stories without a date.';
comment on column source_days.dates_today is 'Stories dated to the day of the visit by nothing structured (quality flag date_is_visit_day).';
comment on column source_days.mean_words is 'Words of a story, mean.';
comment on column source_days.median_words is 'Words of a story, median.';
comment on column source_days.first_stored_at is 'When the first story of the day was stored.';
comment on column source_days.last_stored_at is 'When the last one was.';
comment on column source_days.newest_at is 'When the newest of them was published.';
comment on column source_days.expected is 'Stories to be expected: the median of the same weekday in the eight weeks before, days without a good crawl left out; null until there are four.';
comment on column source_days.expected_low is 'First quartile of the same days.';
comment on column source_days.expected_high is 'Third quartile of the same days.';
comment on column source_days.expected_days is 'How many days these are of, at most eight.';
comment on column source_days.computed_at is 'When the row was last summed; a run that ended later is not in it yet.';

create table gates (
    name  text primary key,
    value double precision not null,
    says  text not null
);
comment on table gates is 'What an outlet has to pass to be well: the defaults. An entry of sources.toml may have values of its own, under the same names.';
comment on column gates.name is 'Name; also the key in sources.toml.';
comment on column gates.value is 'The default.';
comment on column gates.says is 'What it bounds, and in what unit.';
insert into gates (name, value, says) values
    ('floor', 0, 'stories a day at least, on the last whole day; 0: no floor'),
    ('least_volume', 0.6, 'share of the expected stories at least, over the last whole days: three to 28 of them'),
    ('most_undated', 0.3, 'share of stories without a date at most, where it was less before'),
    ('most_dates_today', 0.5, 'share of stories dated to the day of the visit by nothing structured at most, where it was less before'),
    ('least_words', 0, 'words of a story at least, in the middle of them; 0: no bound'),
    ('least_length', 0.5, 'share of the usual length of a story at least; at most one divided by it'),
    ('most_blocked', 0.3, 'share of requests that the site refuses at most'),
    ('most_empty', 0.5, 'share of new pages without any text at most, where it was less before'),
    ('most_failures', 3, 'failed crawls in a row from which on the outlet is failing'),
    ('silent_after', 0, 'days without a story after which the outlet is silent; 0: twice its longest silence, a day at least'),
    ('late_after', 2, 'cadences after the due moment from which on a crawl is late, an hour at least');

create table source_states (
    source_id bigint primary key references sources,
    state     text not null
        check (state in ('failing', 'silent', 'degraded', 'late', 'paused', 'fresh', 'well', 'disabled')),
    reason    text,
    findings  jsonb not null default '[]',
    since     timestamptz not null,
    judged_at timestamptz not null
);
comment on table source_states is 'The verdict on each outlet, by the rules of pipelines/health/rules.py: written when a crawl ends, and by dateline status --refresh.';
comment on column source_states.source_id is 'The outlet.';
comment on column source_states.state is 'Worst first: failing (its crawls fail), silent (nothing new for much longer than usual), degraded (less, shorter, undated or blocked), late (not crawled when due, or its newest story is old), paused (its server asked for that), fresh (too little history), well; disabled: left sources.toml.';
comment on column source_states.reason is 'One line that says why, with figures; null where it is well.';
comment on column source_states.findings is 'Every gate it did not pass: [{"gate", "state", "reason"}], the worst first.';
comment on column source_states.since is 'Since when it is in this state.';
comment on column source_states.judged_at is 'When it was judged.';

create function gates_of(settings jsonb) returns jsonb
    language sql stable parallel safe
    return (
        select jsonb_object_agg(name, coalesce(nullif(settings -> name, 'null'), to_jsonb(value))) from gates
    );
comment on function gates_of(jsonb) is 'The gates of an outlet by sources.settings: its own values, else the defaults.';

-- Windows. Recent days: the last three, or as many as hold twenty stories, at most fourteen. Requests: as many days as hold
-- twenty, at most seven. Volume: of the whole days with a good crawl the last three, or as many as a hundred stories
-- were expected on, at most 28.
create function source_figures(at timestamptz default now(), only_source bigint default null) returns table (
    source_id bigint, name text, origin text, enabled boolean, gates jsonb, own_gates text[], cadence interval,
    due_at timestamptz, last_crawled_at timestamptz, last_outcome text, last_reason text, failures integer,
    running_since timestamptz, paused_until timestamptz, pause_reason text,
    days integer, good_days integer, first_day date, crawls integer,
    recent_days integer, stories integer, undated integer, dates_today integer, words double precision,
    stored integer, empty integer, skipped integer,
    stories_before integer, undated_before integer, dates_today_before integer, words_before double precision,
    stored_before integer, empty_before integer,
    asked_days integer, asked integer, blocked integer, asked_before integer, blocked_before integer,
    whole_days integer, whole_stories integer, whole_expected double precision, whole_variance double precision,
    last_day date, last_stories integer, last_expected double precision, last_variance double precision,
    last_story_at timestamptz, longest_silence interval, newest_at timestamptz
) language sql stable as $$
    select s.id, s.name, s.origin, s.enabled, gates_of(s.settings),
        array(select g.name from gates g where jsonb_typeof(s.settings -> g.name) = 'number'),
        s.cadence, s.due_at, s.last_crawled_at, s.last_outcome, s.last_reason, s.failures,
        (select max(r.started_at) from runs r where r.source_id = s.id and r.outcome = 'running'),
        h.paused_until, h.pause_reason, f.days, f.good_days, f.first_day, f.crawls,
        f.recent_days, f.stories, f.undated, f.dates_today, f.words, f.stored, f.empty, f.skipped,
        f.stories_before, f.undated_before, f.dates_today_before, f.words_before, f.stored_before, f.empty_before,
        f.asked_days, f.asked, f.blocked, f.asked_before, f.blocked_before,
        f.whole_days, f.whole_stories, f.whole_expected, f.whole_variance,
        l.day, l.stories, l.expected, l.variance,
        (
            select d.last_stored_at from source_days d
            where d.source_id = s.id and d.stories > 0 and d.day <= (at at time zone 'UTC')::date
            order by d.day desc limit 1
        ),
        q.longest, f.newest_at
    from sources s
    left join hosts h on h.host = split_part(s.url, '/', 3) and h.paused_until > at
    cross join lateral (
        select count(*)::int as days, (count(*) filter (where is_good))::int as good_days, min(day) as first_day,
            coalesce(sum(crawls), 0)::int as crawls,
            coalesce((at at time zone 'UTC')::date - min(day) filter (where is_recent) + 1, 0) as recent_days,
            coalesce(sum(stories) filter (where is_recent), 0)::int as stories,
            coalesce(sum(undated) filter (where is_recent), 0)::int as undated,
            coalesce(sum(dates_today) filter (where is_recent), 0)::int as dates_today,
            sum(median_words * stories) filter (where is_recent)
                / nullif(sum(stories) filter (where is_recent), 0)::double precision as words,
            coalesce(sum(stored) filter (where is_recent), 0)::int as stored,
            coalesce(sum(empty) filter (where is_recent), 0)::int as empty,
            coalesce(sum(skipped) filter (where is_recent), 0)::int as skipped,
            coalesce(sum(stories) filter (where not is_recent), 0)::int as stories_before,
            coalesce(sum(undated) filter (where not is_recent), 0)::int as undated_before,
            coalesce(sum(dates_today) filter (where not is_recent), 0)::int as dates_today_before,
            sum(median_words * stories) filter (where not is_recent)
                / nullif(sum(stories) filter (where not is_recent), 0)::double precision as words_before,
            coalesce(sum(stored) filter (where not is_recent), 0)::int as stored_before,
            coalesce(sum(empty) filter (where not is_recent), 0)::int as empty_before,
            coalesce((at at time zone 'UTC')::date - min(day) filter (where is_asked) + 1, 0) as asked_days,
            coalesce(sum(asked) filter (where is_asked), 0)::int as asked,
            coalesce(sum(blocked) filter (where is_asked), 0)::int as blocked,
            coalesce(sum(asked) filter (where not is_asked), 0)::int as asked_before,
            coalesce(sum(blocked) filter (where not is_asked), 0)::int as blocked_before,
            (count(*) filter (where is_measured))::int as whole_days,
            coalesce(sum(stories) filter (where is_measured), 0)::int as whole_stories,
            (sum(expected) filter (where is_measured))::double precision as whole_expected,
            (sum(greatest(expected, power((expected_high - expected_low) / 1.349, 2))) filter (where is_measured)
            )::double precision as whole_variance,
            max(newest_at) as newest_at
        from (
            select *, crawls > failed_crawls as is_good,
                day > today - 3 or coalesce(later_stories, 0) < 20 and day > today - 14 as is_recent,
                coalesce(later_asked, 0) < 20 and day > today - 7 as is_asked,
                is_whole and day >= today - 28 and (coalesce(later_expected, 0) < 100 or later_whole < 3) as is_measured
            from (
                select *, sum(stories) over later as later_stories, sum(asked) over later as later_asked,
                    sum(expected) filter (where is_whole) over later as later_expected,
                    count(*) filter (where is_whole) over later as later_whole
                from (
                    select d.*, (at at time zone 'UTC')::date as today,
                        d.crawls > d.failed_crawls and d.day < (at at time zone 'UTC')::date
                            and d.expected is not null as is_whole
                    from source_days d
                    where d.source_id = s.id and d.day <= (at at time zone 'UTC')::date
                        and d.day > (at at time zone 'UTC')::date - 70
                ) dated
                window later as (order by day desc rows between unbounded preceding and 1 preceding)
            ) numbered
        ) marked
    ) f
    left join lateral (
        select d.day, d.stories, d.expected::double precision,
            greatest(d.expected, power((d.expected_high - d.expected_low) / 1.349, 2))::double precision as variance
        from source_days d
        where d.source_id = s.id and d.day < (at at time zone 'UTC')::date and d.crawls > d.failed_crawls
        order by d.day desc limit 1
    ) l on true
    cross join lateral (
        -- Silences in which the outlet was crawled every day: in others it is we who were silent.
        select max(first_stored_at - before) as longest
        from (
            select first_stored_at, lag(last_stored_at) over (order by day) as before,
                day - lag(day) over (order by day) = nth - lag(nth) over (order by day) as is_whole
            from (
                select d.day, d.stories, d.first_stored_at, d.last_stored_at, row_number() over (order by d.day) as nth
                from source_days d
                where d.source_id = s.id and d.day <= (at at time zone 'UTC')::date
                    and d.day > (at at time zone 'UTC')::date - 56 and d.crawls > d.failed_crawls
            ) crawled
            where stories > 0
        ) silences
        where is_whole
    ) q
    where only_source is null or s.id = only_source
$$;
comment on function source_figures(timestamptz, bigint) is 'The figures by which outlets are judged at a moment, one row an outlet, of the last ten weeks of source_days: input of pipelines/health/rules.py.';

create view source_health as
    select s.id as source_id, s.name, s.url, s.origin, s.enabled, coalesce(t.state, 'fresh') as state, t.reason,
        coalesce(t.findings, '[]') as findings, t.since, t.judged_at, s.cadence, s.due_at, s.last_crawled_at,
        s.last_outcome, s.last_reason, s.failures, gates_of(s.settings) as gates
    from sources s left join source_states t on t.source_id = s.id;
comment on view source_health is 'How each outlet is, and why: the newest verdict beside what it was made of.';
comment on column source_health.source_id is 'The outlet.';
comment on column source_health.name is 'Its name.';
comment on column source_health.url is 'Its front page.';
comment on column source_health.origin is 'configured or one_off, as in sources.';
comment on column source_health.enabled is 'False once the entry has left sources.toml.';
comment on column source_health.state is 'failing, silent, degraded, late, paused, fresh, well or disabled, as in source_states; fresh where nobody has judged yet.';
comment on column source_health.reason is 'One line that says why, with figures; null where it is well.';
comment on column source_health.findings is 'Every gate it did not pass.';
comment on column source_health.since is 'Since when it is in this state.';
comment on column source_health.judged_at is 'When it was judged: at the end of its newest crawl, or by dateline status --refresh after it. What comes by waiting (late, silent) is seen no sooner.';
comment on column source_health.cadence is 'How often it is to be crawled.';
comment on column source_health.due_at is 'When it is due.';
comment on column source_health.last_crawled_at is 'When the newest finished crawl ended.';
comment on column source_health.last_outcome is 'How it ended.';
comment on column source_health.last_reason is 'Why it ended so.';
comment on column source_health.failures is 'Failed crawls in a row.';
comment on column source_health.gates is 'The gates that count for it.';
