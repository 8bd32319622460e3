--
-- PostgreSQL database dump
--

\restrict dateline

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: found_article; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.found_article AS (
	id bigint,
	source text,
	title text,
	url text,
	published_at timestamp with time zone,
	published_precision text,
	agency text,
	place text,
	language text,
	kind text,
	rank real,
	passage text,
	outlets integer
);


--
-- Name: TYPE found_article; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TYPE public.found_article IS 'A row of search_articles.';


--
-- Name: COLUMN found_article.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.id IS 'articles.id.';


--
-- Name: COLUMN found_article.source; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.source IS 'Name of the outlet.';


--
-- Name: COLUMN found_article.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.title IS 'Headline.';


--
-- Name: COLUMN found_article.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.url IS 'Address it was fetched from.';


--
-- Name: COLUMN found_article.published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.published_at IS 'When the outlet says it was published.';


--
-- Name: COLUMN found_article.published_precision; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.published_precision IS 'How exactly that is known: second, minute, day, month.';


--
-- Name: COLUMN found_article.agency; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.agency IS 'News agency credited.';


--
-- Name: COLUMN found_article.place; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.place IS 'Place in the dateline.';


--
-- Name: COLUMN found_article.language; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.language IS 'Language of the text, ISO 639-1.';


--
-- Name: COLUMN found_article.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.kind IS 'article, live, gallery, video.';


--
-- Name: COLUMN found_article.rank; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.rank IS 'How well it answers: words in the headline, words near each other, a little for being new. Above 0, below 1.5.';


--
-- Name: COLUMN found_article.passage; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.passage IS 'The passage that matches, **what matched** between asterisks.';


--
-- Name: COLUMN found_article.outlets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.found_article.outlets IS 'How many outlets have the story, as clusters knows it; 1 where it stands alone.';


--
-- Name: article_week(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_week(moment timestamp with time zone) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (floor((EXTRACT(epoch FROM (moment AT TIME ZONE 'UTC'::text)) / (604800)::numeric)))::integer;


--
-- Name: FUNCTION article_week(moment timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_week(moment timestamp with time zone) IS 'The week that a moment is in, counted from 1 January 1970, a Thursday.';


--
-- Name: article_facets(bigint, text, text, timestamp with time zone, text[], text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_facets(source_id bigint, agency text, place text, published_at timestamp with time zone, flags text[], kind text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_remove((flags || ARRAY[('source '::text || (source_id)::text), ('agency '::text || lower("left"(agency, 200))), ('place '::text || lower("left"(place, 200))), ('week '::text || (public.article_week(published_at))::text), ('kind '::text || kind)]), NULL::text);


--
-- Name: FUNCTION article_facets(source_id bigint, agency text, place text, published_at timestamp with time zone, flags text[], kind text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_facets(source_id bigint, agency text, place text, published_at timestamp with time zone, flags text[], kind text) IS 'What search filters by, as values of one index: {source 7, agency reuters, week 2955, kind article, undated}.';


--
-- Name: unspaced(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.unspaced(pattern text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN replace(replace(pattern, 'L'::text, ((('\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf'::text || '\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3'::text) || '\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f'::text) || '\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af'::text)), 'M'::text, '\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3'::text);


--
-- Name: FUNCTION unspaced(pattern text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.unspaced(pattern text) IS 'A regular expression in which L in brackets stands for the letters of scripts that put no space between words, and M for the marks on them.';


--
-- Name: bigrams(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.bigrams(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (words ~ public.unspaced('[L]'::text)) THEN regexp_replace(regexp_replace(words, public.unspaced('(?<=[LM])([L][M]*)(?=[L])'::text), '\1,\1'::text, 'g'::text), public.unspaced('([LM]+)'::text), ',\1,'::text, 'g'::text) ELSE words END;


--
-- Name: FUNCTION bigrams(words text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.bigrams(words text) IS 'The text with each run of letters without spaces as its overlapping pairs: 東京都 becomes ,東京,,京都, and all else stays.';


--
-- Name: language_config(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.language_config(language text) RETURNS regconfig
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE split_part(lower(language), '-'::text, 1) WHEN 'ar'::text THEN 'arabic'::regconfig WHEN 'ca'::text THEN 'catalan'::regconfig WHEN 'da'::text THEN 'danish'::regconfig WHEN 'de'::text THEN 'german'::regconfig WHEN 'el'::text THEN 'greek'::regconfig WHEN 'en'::text THEN 'english'::regconfig WHEN 'es'::text THEN 'spanish'::regconfig WHEN 'et'::text THEN 'estonian'::regconfig WHEN 'eu'::text THEN 'basque'::regconfig WHEN 'fi'::text THEN 'finnish'::regconfig WHEN 'fr'::text THEN 'french'::regconfig WHEN 'ga'::text THEN 'irish'::regconfig WHEN 'hi'::text THEN 'hindi'::regconfig WHEN 'hu'::text THEN 'hungarian'::regconfig WHEN 'hy'::text THEN 'armenian'::regconfig WHEN 'id'::text THEN 'indonesian'::regconfig WHEN 'it'::text THEN 'italian'::regconfig WHEN 'lt'::text THEN 'lithuanian'::regconfig WHEN 'nb'::text THEN 'norwegian'::regconfig WHEN 'ne'::text THEN 'nepali'::regconfig WHEN 'nl'::text THEN 'dutch'::regconfig WHEN 'nn'::text THEN 'norwegian'::regconfig WHEN 'no'::text THEN 'norwegian'::regconfig WHEN 'pt'::text THEN 'portuguese'::regconfig WHEN 'ro'::text THEN 'romanian'::regconfig WHEN 'ru'::text THEN 'russian'::regconfig WHEN 'sr'::text THEN 'serbian'::regconfig WHEN 'sv'::text THEN 'swedish'::regconfig WHEN 'ta'::text THEN 'tamil'::regconfig WHEN 'tr'::text THEN 'turkish'::regconfig WHEN 'yi'::text THEN 'yiddish'::regconfig ELSE 'simple'::regconfig END;


--
-- Name: FUNCTION language_config(language text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.language_config(language text) IS 'Text search configuration for an ISO 639-1 language; simple where Postgres knows none.';


--
-- Name: last_letters(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.last_letters(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (words ~ public.unspaced('[L]'::text)) THEN regexp_replace(words, public.unspaced('[^LM]+|[L][M]*(?=[L])'::text), ' '::text, 'g'::text) ELSE ''::text END;


--
-- Name: FUNCTION last_letters(words text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.last_letters(words text) IS 'The last letter of each run without spaces: no pair begins with it, and a query of one letter looks for the pairs that do.';


--
-- Name: article_search(text, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_search(language text, title text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((setweight(to_tsvector(public.language_config(language), public.bigrams("left"(title, 1000))), 'A'::"char") || setweight(to_tsvector(public.language_config(language), "left"(public.bigrams("left"(body, 100000)), 200000)), 'B'::"char")) || strip(to_tsvector('simple'::regconfig, public.last_letters((("left"(title, 1000) || ' '::text) || "left"(body, 100000)))))) || array_to_tsvector(ARRAY[('='::text || COALESCE(language, ''::text))]));


--
-- Name: FUNCTION article_search(language text, title text, body text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_search(language text, title text, body text) IS 'Search vector of an article in its own language, title weighted above text, scripts without spaces as pairs of letters; =de is its language.';


--
-- Name: article_headline(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_headline(language text, title text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.article_search(language, title, ''::text);


--
-- Name: FUNCTION article_headline(language text, title text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_headline(language text, title text) IS 'Search vector of an article''s title alone.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: articles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.articles (
    id bigint NOT NULL,
    source_id bigint NOT NULL,
    page_id bigint NOT NULL,
    url text NOT NULL,
    canonical_url text NOT NULL,
    url_sha256 bytea NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    excerpt text,
    authors text[] DEFAULT '{}'::text[] NOT NULL,
    agency text,
    dateline_place text,
    dateline_date date,
    published_at timestamp with time zone,
    published_precision text,
    published_origin text,
    date_witnesses jsonb DEFAULT '[]'::jsonb NOT NULL,
    modified_at timestamp with time zone,
    language text,
    section text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    image_url text,
    site_name text,
    word_count integer NOT NULL,
    kind text NOT NULL,
    paywalled boolean,
    quality_flags text[] DEFAULT '{}'::text[] NOT NULL,
    removed jsonb DEFAULT '[]'::jsonb NOT NULL,
    content_sha256 bytea NOT NULL,
    revision_count integer DEFAULT 0 NOT NULL,
    capture_id bigint,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    gone_at timestamp with time zone,
    extractor text NOT NULL,
    run_id bigint NOT NULL,
    opt_outs text[] DEFAULT '{}'::text[] NOT NULL,
    license_url text,
    search tsvector,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    cluster_id bigint,
    CONSTRAINT articles_content_sha256_check CHECK ((length(content_sha256) = 32)),
    CONSTRAINT articles_kind_check CHECK ((kind = ANY (ARRAY['article'::text, 'live'::text, 'gallery'::text, 'video'::text]))),
    CONSTRAINT articles_modified_at_check CHECK (((modified_at >= '1990-01-01 00:00:00+00'::timestamp with time zone) AND (modified_at < '2100-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT articles_published_at_check CHECK (((published_at >= '1990-01-01 00:00:00+00'::timestamp with time zone) AND (published_at < '2100-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT articles_published_precision_check CHECK ((published_precision = ANY (ARRAY['second'::text, 'minute'::text, 'day'::text, 'month'::text]))),
    CONSTRAINT articles_url_sha256_check CHECK ((length(url_sha256) = 32))
)
WITH (fillfactor='80');


--
-- Name: TABLE articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.articles IS 'The current state of each article: one row a story URL. The table people query.';


--
-- Name: COLUMN articles.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.id IS 'Key.';


--
-- Name: COLUMN articles.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.source_id IS 'The outlet.';


--
-- Name: COLUMN articles.page_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.page_id IS 'Its row in the frontier.';


--
-- Name: COLUMN articles.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.url IS 'Address it was fetched from.';


--
-- Name: COLUMN articles.canonical_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.canonical_url IS 'The address the story is known by: that of its page, or the one of the same site that the page calls canonical.';


--
-- Name: COLUMN articles.url_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.url_sha256 IS 'SHA-256 of canonical_url.';


--
-- Name: COLUMN articles.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.title IS 'Headline.';


--
-- Name: COLUMN articles.text; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.text IS 'Body: paragraphs separated by a newline; dateline, credit and page furniture cut out.';


--
-- Name: COLUMN articles.excerpt; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.excerpt IS 'Standfirst or description, as the page gives it.';


--
-- Name: COLUMN articles.authors; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.authors IS 'People named as authors, in the order of the page.';


--
-- Name: COLUMN articles.agency; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.agency IS 'News agency credited, by its canonical name.';


--
-- Name: COLUMN articles.dateline_place; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.dateline_place IS 'Place in the dateline.';


--
-- Name: COLUMN articles.dateline_date; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.dateline_date IS 'Date in the dateline, its year settled by weekday and day of the visit.';


--
-- Name: COLUMN articles.published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.published_at IS 'When the outlet says it was published; midnight UTC of the day where only that is known (see published_precision).';


--
-- Name: COLUMN articles.published_precision; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.published_precision IS 'How exactly that is known: second, minute, day, month.';


--
-- Name: COLUMN articles.published_origin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.published_origin IS 'Which witness published_at comes from.';


--
-- Name: COLUMN articles.date_witnesses; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.date_witnesses IS 'What every witness of the date said.';


--
-- Name: COLUMN articles.modified_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.modified_at IS 'When the outlet says it was last changed.';


--
-- Name: COLUMN articles.language; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.language IS 'Language of the text, ISO 639-1.';


--
-- Name: COLUMN articles.section; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.section IS 'Section of the outlet.';


--
-- Name: COLUMN articles.tags; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.tags IS 'Tags or keywords the outlet gave it.';


--
-- Name: COLUMN articles.image_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.image_url IS 'Lead image.';


--
-- Name: COLUMN articles.site_name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.site_name IS 'Name the site gives itself.';


--
-- Name: COLUMN articles.word_count; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.word_count IS 'Words in text.';


--
-- Name: COLUMN articles.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.kind IS 'article, live (live blog), gallery, video.';


--
-- Name: COLUMN articles.paywalled; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.paywalled IS 'The page says that it is not free to read; null where it says nothing.';


--
-- Name: COLUMN articles.quality_flags; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.quality_flags IS 'Named doubts about the record, such as undated, too_short or date_is_visit_day.';


--
-- Name: COLUMN articles.removed; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.removed IS 'Spans cut out of the text, each with the rule that cut it.';


--
-- Name: COLUMN articles.content_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.content_sha256 IS 'SHA-256 of title and text: the same content is not a revision.';


--
-- Name: COLUMN articles.revision_count; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.revision_count IS 'How often the newsroom changed title or text since first_seen_at.';


--
-- Name: COLUMN articles.capture_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.capture_id IS 'The capture that the current state was read from.';


--
-- Name: COLUMN articles.first_seen_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.first_seen_at IS 'When we first saw it.';


--
-- Name: COLUMN articles.last_seen_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.last_seen_at IS 'When we last saw it.';


--
-- Name: COLUMN articles.changed_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.changed_at IS 'When the newsroom last changed title or text, as we saw it.';


--
-- Name: COLUMN articles.gone_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.gone_at IS 'When the outlet took it away.';


--
-- Name: COLUMN articles.extractor; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.extractor IS 'Version of the extractor that read it.';


--
-- Name: COLUMN articles.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.run_id IS 'The run that wrote the current state.';


--
-- Name: COLUMN articles.opt_outs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.opt_outs IS 'What the site opts out of, in headers, meta elements, robots.txt or TDMRep: noarchive, noindex, tdm, ai_training …';


--
-- Name: COLUMN articles.license_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.license_url IS 'Licence that the page, its headers or robots.txt name.';


--
-- Name: COLUMN articles.search; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.search IS 'Search vector, see article_search; ask it with article_query. Kept by a trigger.';


--
-- Name: COLUMN articles.changed_xid; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.changed_xid IS 'Transaction that last changed what dateline export gives of the row, but for last_seen_at; kept by a trigger.';


--
-- Name: COLUMN articles.cluster_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.articles.cluster_id IS 'The story it shares with other articles; null where it stands alone.';


--
-- Name: article_languages(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_languages() RETURNS SETOF text
    LANGUAGE sql STABLE ROWS 10 PARALLEL SAFE
    BEGIN ATOMIC
 WITH RECURSIVE found AS (
         ( SELECT COALESCE(a.language, ''::text) AS language
            FROM public.articles a
           ORDER BY COALESCE(a.language, ''::text)
          LIMIT 1)
         UNION ALL
          SELECT ( SELECT COALESCE(a.language, ''::text) AS "coalesce"
                    FROM public.articles a
                   WHERE (COALESCE(a.language, ''::text) > found_1.language)
                   ORDER BY COALESCE(a.language, ''::text)
                  LIMIT 1) AS "coalesce"
            FROM found found_1
           WHERE (found_1.language IS NOT NULL)
         )
  SELECT found.language
    FROM found
   WHERE (found.language IS NOT NULL);
END;


--
-- Name: FUNCTION article_languages(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_languages() IS 'Languages that articles are in, empty for those of none: a step in the index for each, not for each article.';


--
-- Name: unigrams(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.unigrams(words text, mark text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (words ~ public.unspaced('[L]'::text)) THEN regexp_replace(words, public.unspaced('([L][M]*)'::text), ((mark || '\1'::text) || mark), 'g'::text) ELSE words END;


--
-- Name: FUNCTION unigrams(words text, mark text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.unigrams(words text, mark text) IS 'The text with a mark on both sides of each letter of those scripts.';


--
-- Name: article_passage(text, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_passage(language text, body text, words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(translate(regexp_replace(ts_headline(public.language_config(language), public.unigrams("left"(body, 20000), chr(31)), websearch_to_tsquery(public.language_config(language), public.unigrams(words, ','::text)), ('MaxFragments=1, ShortWord=0, StartSel=**, StopSel=**, '::text || CASE WHEN ("left"(body, 20000) ~ public.unspaced('[L]{3}'::text)) THEN 'MaxWords=70, MinWords=40'::text ELSE 'MaxWords=25, MinWords=10'::text END)), '\*\*\x1f+\*\*'::text, ''::text, 'g'::text), chr(31), ''::text), '\s+'::text, ' '::text, 'g'::text);


--
-- Name: FUNCTION article_passage(language text, body text, words text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_passage(language text, body text, words text) IS 'The passage of a text that matches words as typed into a search box, **what matched** between asterisks.';


--
-- Name: words_query(regconfig, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.words_query(config regconfig, words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET client_min_messages TO 'warning'
    RETURN (regexp_replace((websearch_to_tsquery(config, public.bigrams(words)))::text, public.unspaced('''([L][M]*)'''::text), '''\1'':*'::text, 'g'::text))::tsquery;


--
-- Name: FUNCTION words_query(config regconfig, words text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.words_query(config regconfig, words text) IS 'Query of words as typed into a search box, in one configuration; a single letter of a script without spaces matches the pairs that begin with it.';


--
-- Name: article_queries(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_queries(words text) RETURNS TABLE(language text, query tsquery)
    LANGUAGE sql STABLE ROWS 10 PARALLEL SAFE
    BEGIN ATOMIC
 SELECT l.language,
     q.query
    FROM public.article_languages() l(language),
     LATERAL public.words_query(public.language_config(l.language), article_queries.words) q(query)
   WHERE (numnode(q.query) > 0);
END;


--
-- Name: FUNCTION article_queries(words text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_queries(words text) IS 'The words as each language of the archive has them, but for languages in which they are all stop words.';


--
-- Name: in_language(text, tsquery); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.in_language(language text, query tsquery) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (query && ((('''='::text || replace(language, ''''::text, ''''''::text)) || ''''::text))::tsquery);


--
-- Name: FUNCTION in_language(language text, query tsquery); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.in_language(language text, query tsquery) IS 'The query, for articles of one language only.';


--
-- Name: any_query(tsquery); Type: AGGREGATE; Schema: public; Owner: -
--

CREATE AGGREGATE public.any_query(tsquery) (
    SFUNC = tsquery_or,
    STYPE = tsquery,
    PARALLEL = safe
);


--
-- Name: AGGREGATE any_query(tsquery); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON AGGREGATE public.any_query(tsquery) IS 'What matches where any of the queries does.';


--
-- Name: article_query(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.article_query(language text, words text) RETURNS tsquery
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (language IS NOT NULL) THEN public.words_query(public.language_config(language), words) ELSE (SELECT public.any_query(public.in_language(q.language, q.query)) AS any_query FROM public.article_queries(article_query.words) q(language, query)) END;


--
-- Name: FUNCTION article_query(language text, words text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.article_query(language text, words text) IS 'Query for articles.search from words as typed into a search box; without a language, in that of each article.';


--
-- Name: tombstone_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tombstone_key (
    key bytea NOT NULL,
    CONSTRAINT tombstone_key_key_check CHECK ((length(key) = 32))
);


--
-- Name: TABLE tombstone_key; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.tombstone_key IS 'The secret of this archive that goes into every tombstone: one row. Lost, nothing is kept from coming back.';


--
-- Name: COLUMN tombstone_key.key; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tombstone_key.key IS 'At random, made with the table.';


--
-- Name: tombstone(bytea); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tombstone(digest bytea) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(((SELECT tombstone_key.key FROM public.tombstone_key) || digest));


--
-- Name: FUNCTION tombstone(digest bytea); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.tombstone(digest bytea) IS 'The keyed hash of a SHA-256, by which the table tombstones knows it.';


--
-- Name: forgettings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.forgettings (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    source_id bigint,
    reason text,
    os_user text NOT NULL,
    db_user text DEFAULT CURRENT_USER NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    article_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    finished_at timestamp with time zone,
    scrubbed_at timestamp with time zone,
    CONSTRAINT forgettings_kind_check CHECK ((kind = ANY (ARRAY['story'::text, 'author'::text, 'expired'::text])))
);


--
-- Name: TABLE forgettings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.forgettings IS 'Audit of deletions: who had what deleted, when and why, and how much that was. Nothing of what it said.';


--
-- Name: COLUMN forgettings.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.id IS 'Key.';


--
-- Name: COLUMN forgettings.at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.at IS 'When it was begun.';


--
-- Name: COLUMN forgettings.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.kind IS 'story: one story, by its address; author: a name, wherever it is an author; expired: the stories that an outlet''s keep_articles no longer keeps.';


--
-- Name: COLUMN forgettings.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.source_id IS 'The outlet that it was limited to; null for stories, and for a name at every outlet.';


--
-- Name: COLUMN forgettings.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.reason IS 'Why, as whoever did it says.';


--
-- Name: COLUMN forgettings.os_user; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.os_user IS 'The user of the system who ran the command.';


--
-- Name: COLUMN forgettings.db_user; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.db_user IS 'The role of the database that did it.';


--
-- Name: COLUMN forgettings.counts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.counts IS 'How much was deleted: {"articles": 1, "revisions": 3, "captures": 4, "fetches": 6}.';


--
-- Name: COLUMN forgettings.article_ids; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.article_ids IS 'Keys that the articles had (of an author: have), for those who keep exports.';


--
-- Name: COLUMN forgettings.finished_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.finished_at IS 'When all of it was gone; null: it was interrupted, the same command goes on with it.';


--
-- Name: COLUMN forgettings.scrubbed_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.forgettings.scrubbed_at IS 'When the database''s files were written anew without it; null: its bytes may still lie in them.';


--
-- Name: tombstones; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tombstones (
    hash bytea NOT NULL,
    kind text NOT NULL,
    forgetting_id bigint NOT NULL,
    CONSTRAINT tombstones_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT tombstones_kind_check CHECK ((kind = ANY (ARRAY['address'::text, 'author'::text])))
);


--
-- Name: TABLE tombstones; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.tombstones IS 'What must not come back, by hashes alone: addresses that no crawl, import or re-extraction stores, names that no article keeps.';


--
-- Name: COLUMN tombstones.hash; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tombstones.hash IS 'What tombstone() makes of the SHA-256 of an address or a name, see pipelines/tombstones.py.';


--
-- Name: COLUMN tombstones.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tombstones.kind IS 'address or author.';


--
-- Name: COLUMN tombstones.forgetting_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.tombstones.forgetting_id IS 'The deletion that it stands for.';


--
-- Name: forgotten(bytea[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.forgotten(digests bytea[]) RETURNS TABLE(digest bytea, at timestamp with time zone, reason text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO '$user', 'public'
    BEGIN ATOMIC
 SELECT asked.digest,
     f.at,
     f.reason
    FROM ((unnest(forgotten.digests) asked(digest)
      JOIN public.tombstones t ON ((t.hash = public.tombstone(asked.digest))))
      JOIN public.forgettings f ON ((f.id = t.forgetting_id)));
END;


--
-- Name: FUNCTION forgotten(digests bytea[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.forgotten(digests bytea[]) IS 'Which of these SHA-256 were forgotten, when and why.';


--
-- Name: gates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.gates (
    name text NOT NULL,
    value double precision NOT NULL,
    says text NOT NULL
);


--
-- Name: TABLE gates; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.gates IS 'What an outlet has to pass to be well: the defaults. An entry of sources.toml may have values of its own, under the same names.';


--
-- Name: COLUMN gates.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.gates.name IS 'Name; also the key in sources.toml.';


--
-- Name: COLUMN gates.value; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.gates.value IS 'The default.';


--
-- Name: COLUMN gates.says; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.gates.says IS 'What it bounds, and in what unit.';


--
-- Name: gates_of(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.gates_of(settings jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT jsonb_object_agg(gates.name, COALESCE(NULLIF((gates_of.settings -> gates.name), 'null'::jsonb), to_jsonb(gates.value))) AS jsonb_object_agg FROM public.gates);


--
-- Name: FUNCTION gates_of(settings jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.gates_of(settings jsonb) IS 'The gates of an outlet by sources.settings: its own values, else the defaults.';


--
-- Name: leave_clusters(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.leave_clusters() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    with sketch as (delete from text_sketches where article_id in (select id from gone) returning article_id, sample)
    delete from fingerprints f using sketch where f.article_id = sketch.article_id and f.hash = any(sketch.sample);
    perform refresh_clusters(array(select distinct cluster_id from gone where cluster_id is not null));
    return null;
end
$$;


--
-- Name: FUNCTION leave_clusters(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.leave_clusters() IS 'Takes deleted articles out of their clusters and out of the index.';


--
-- Name: newest_matches(tsquery, boolean, text[], timestamp with time zone, timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.newest_matches(asked tsquery, headlines boolean, facets text[], since timestamp with time zone, until timestamp with time zone, most integer) RETURNS TABLE(id bigint, published_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    SET work_mem TO '64MB'
    AS $$
declare
    newest constant integer := article_week(
        least((select max(a.published_at) from articles a), until, now() + interval '7 days'));
    oldest constant integer := article_week(greatest((select min(a.published_at) from articles a), since));
    -- What has the words in its headline has them, unless some must be absent: then the larger column need not be asked.
    is_within constant boolean := headlines and asked::text !~ '!';
    first integer;
    last integer := newest;
    span integer := 1;
    weeks text[];
    is_rest boolean;
    found_now integer;
    found_all integer := 0;
begin
    loop
        first := greatest(last - span + 1, oldest);
        is_rest := coalesce(first <= oldest or span > 150, true);
        weeks := array(select 'week ' || w from generate_series(first, last) w);
        if is_rest then
            weeks := case when since is not null and span <= 150 then weeks || array(
                select 'week ' || article_week(a.published_at) from articles a
                where a.published_at > now() + interval '7 days' and a.published_at >= since) end;
        end if;
        return query
            select a.id, a.published_at from articles a
            where (is_within or a.search @@ asked)
                and (not headlines or article_headline(a.language, a.title) @@ asked)
                and (facets = '{}' or article_facets(
                    a.source_id, a.agency, a.dateline_place, a.published_at, a.quality_flags, a.kind) @> facets)
                and (weeks is null or article_facets(
                    a.source_id, a.agency, a.dateline_place, a.published_at, a.quality_flags, a.kind) && weeks)
                and (weeks is not null or last = newest
                    or coalesce(article_week(a.published_at) not between last + 1 and newest, true))
                and coalesce(a.published_at >= since, since is null)
                and coalesce(a.published_at < until, until is null)
            order by coalesce(article_week(a.published_at) <= newest, false) desc, a.published_at desc nulls last
            limit most - found_all;
        get diagnostics found_now = row_count;
        found_all := found_all + found_now;
        exit when is_rest or found_all >= most;
        last := first - 1;
        span := least(greatest(2 * span, ceil(1.3 * (most - found_all) * (newest - last) / greatest(found_all, 1))), 1000);
    end loop;
end
$$;


--
-- Name: FUNCTION newest_matches(asked tsquery, headlines boolean, facets text[], since timestamp with time zone, until timestamp with time zone, most integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.newest_matches(asked tsquery, headlines boolean, facets text[], since timestamp with time zone, until timestamp with time zone, most integer) IS 'The newest articles that match a query of articles.search (in the headline alone, where headlines is true) and have all the facets; those without a date, or with one to come, last.';


--
-- Name: note_change(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.changed_xid := pg_current_xact_id();
    return new;
end
$$;


--
-- Name: FUNCTION note_change(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.note_change() IS 'Keeps articles.changed_xid.';


--
-- Name: note_words(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.search := article_search(new.language, new.title, new.text);
    return new;
end
$$;


--
-- Name: FUNCTION note_words(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.note_words() IS 'Keeps articles.search.';


--
-- Name: published_moment(timestamp with time zone, text, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.published_moment(published_at timestamp with time zone, published_precision text, first_seen_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (published_at IS NULL) THEN first_seen_at WHEN (published_precision = 'day'::text) THEN GREATEST(published_at, LEAST(first_seen_at, (published_at + '24:00:00'::interval))) WHEN (published_precision = 'month'::text) THEN GREATEST(published_at, LEAST(first_seen_at, (((published_at AT TIME ZONE 'UTC'::text) + '1 mon'::interval) AT TIME ZONE 'UTC'::text))) ELSE published_at END;


--
-- Name: FUNCTION published_moment(published_at timestamp with time zone, published_precision text, first_seen_at timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.published_moment(published_at timestamp with time zone, published_precision text, first_seen_at timestamp with time zone) IS 'When an article came out: as the outlet says; where it says a day only, when we first saw it, if on that day, else the end of it.';


--
-- Name: queue_for_clusters(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.queue_for_clusters() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into cluster_queue (article_id) values (new.id);
    return null;
end
$$;


--
-- Name: FUNCTION queue_for_clusters(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.queue_for_clusters() IS 'Queues an article for its cluster, whoever stored it.';


--
-- Name: refresh_clusters(bigint[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refresh_clusters(changed bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION refresh_clusters(changed bigint[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.refresh_clusters(changed bigint[]) IS 'Makes articles and clusters say what cluster_articles says: members, first article, outlets, delays; a cluster of one article ends.';


--
-- Name: search_articles(text, text, text, text, text, timestamp with time zone, timestamp with time zone, text, text, integer, boolean); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.search_articles(query text, source text DEFAULT NULL::text, agency text DEFAULT NULL::text, place text DEFAULT NULL::text, language text DEFAULT NULL::text, since timestamp with time zone DEFAULT NULL::timestamp with time zone, until timestamp with time zone DEFAULT NULL::timestamp with time zone, flag text DEFAULT NULL::text, kind text DEFAULT NULL::text, most integer DEFAULT 20, stories boolean DEFAULT false) RETURNS SETOF public.found_article
    LANGUAGE sql STABLE ROWS 20
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
    with asked as materialized (
        select q.language, q.query from article_queries(search_articles.query) q
        where search_articles.language is null or q.language = lower(search_articles.language)
    ),
    wanted as materialized (
        select any_query(in_language(q.language, q.query)) as query,
            any_query(in_language(q.language, without_phrases(q.query))) as words,
            coalesce(bool_or(q.query <> without_phrases(q.query)), false) as has_phrase,
            article_facets(
                case when search_articles.source is not null
                    then coalesce((select s.id from sources s where s.name = search_articles.source), 0) end,
                search_articles.agency, search_articles.place, null, array_remove(array[search_articles.flag], null),
                search_articles.kind) as facets
        from asked q
    ),
    candidates as materialized (
        (select n.id
        from wanted w
            cross join lateral (
                select * from newest_matches(w.words, false, w.facets, search_articles.since, search_articles.until,
                    case when w.has_phrase then greatest(1500, 8 * search_articles.most)
                        else greatest(500, search_articles.most) end)
                order by published_at desc nulls last
            ) n
        where not w.has_phrase or (select a.search @@ w.query from articles a where a.id = n.id)
        limit greatest(500, search_articles.most))
        union
        select n.id
        from wanted w, newest_matches(w.query, true, w.facets, search_articles.since, search_articles.until,
            greatest(200, search_articles.most)) n
    ),
    answers as materialized (
        select a.id, a.published_at, ts_rank_cd(a.search, q.query, 33) as answer,
            coalesce(a.cluster_id, -a.id) as story,
            published_moment(a.published_at, a.published_precision, a.first_seen_at) as moment
        from candidates c join articles a using (id) join asked q on q.language = coalesce(a.language, '')
    ),
    ranked as (
        select n.id, n.published_at, (n.answer * (1 + 0.5 / (1 + greatest(
            extract(epoch from now() - coalesce(n.published_at, '1990-01-01')), 0) / 2592000)))::real as rank
        from (select *, row_number() over (partition by story order by answer desc, moment, id) as place from answers) n
        where not search_articles.stories or n.place = 1
        order by rank desc, n.published_at desc nulls last, n.id desc
        limit search_articles.most
    )
    select a.id, s.name, a.title, a.url, a.published_at, a.published_precision, a.agency, a.dateline_place, a.language,
        a.kind, r.rank, article_passage(a.language, a.text, search_articles.query), coalesce(c.outlets, 1)
    from ranked r join articles a using (id) join sources s on s.id = a.source_id
        left join clusters c on c.id = a.cluster_id
    order by r.rank desc, r.published_at desc nulls last, r.id desc
$$;


--
-- Name: FUNCTION search_articles(query text, source text, agency text, place text, language text, since timestamp with time zone, until timestamp with time zone, flag text, kind text, most integer, stories boolean); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.search_articles(query text, source text, agency text, place text, language text, since timestamp with time zone, until timestamp with time zone, flag text, kind text, most integer, stories boolean) IS 'Articles that match words as typed into a search box, best first: select * from search_articles(''harbour bridge'', language => ''en'', since => ''2026-01-01''). Any filter may be left out; since <= published_at < until; most is how many; stories gives one article a story.';


--
-- Name: source_figures(timestamp with time zone, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.source_figures(at timestamp with time zone DEFAULT now(), only_source bigint DEFAULT NULL::bigint) RETURNS TABLE(source_id bigint, name text, origin text, enabled boolean, gates jsonb, own_gates text[], cadence interval, due_at timestamp with time zone, last_crawled_at timestamp with time zone, last_outcome text, last_reason text, failures integer, running_since timestamp with time zone, paused_until timestamp with time zone, pause_reason text, days integer, good_days integer, first_day date, crawls integer, recent_days integer, stories integer, undated integer, dates_today integer, words double precision, stored integer, empty integer, skipped integer, stories_before integer, undated_before integer, dates_today_before integer, words_before double precision, stored_before integer, empty_before integer, asked_days integer, asked integer, blocked integer, asked_before integer, blocked_before integer, whole_days integer, whole_stories integer, whole_expected double precision, whole_variance double precision, last_day date, last_stories integer, last_expected double precision, last_variance double precision, last_story_at timestamp with time zone, longest_silence interval, newest_at timestamp with time zone)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: FUNCTION source_figures(at timestamp with time zone, only_source bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.source_figures(at timestamp with time zone, only_source bigint) IS 'The figures by which outlets are judged at a moment, one row an outlet, of the last ten weeks of source_days: input of pipelines/health/rules.py.';


--
-- Name: without_phrases(tsquery); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.without_phrases(query tsquery) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((query)::text ~ '!\('::text) THEN query ELSE (regexp_replace((query)::text, ' <(-|[0-9]+)> '::text, ' & '::text, 'g'::text))::tsquery END;


--
-- Name: FUNCTION without_phrases(query tsquery); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.without_phrases(query tsquery) IS 'The query with each phrase as its words anywhere, which an index answers alone. One that excludes a phrase stays: what lacks its words is less than what lacks it.';


--
-- Name: alerts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alerts (
    source_id bigint NOT NULL,
    day date DEFAULT ((now() AT TIME ZONE 'UTC'::text))::date NOT NULL,
    state text NOT NULL,
    reason text,
    told_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT alerts_state_check CHECK ((state = ANY (ARRAY['failing'::text, 'silent'::text, 'degraded'::text, 'late'::text, 'well'::text])))
);


--
-- Name: TABLE alerts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.alerts IS 'What was told of outlets by the schedule: an outlet in a state once a day. Written after the message has gone out (dateline alerts --told).';


--
-- Name: COLUMN alerts.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alerts.source_id IS 'The outlet.';


--
-- Name: COLUMN alerts.day; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alerts.day IS 'The day of the message, in UTC.';


--
-- Name: COLUMN alerts.state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alerts.state IS 'What was told: as in source_states; well: that it is well again, or fresh.';


--
-- Name: COLUMN alerts.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alerts.reason IS 'The reason that the message gave.';


--
-- Name: COLUMN alerts.told_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alerts.told_at IS 'When it was told.';


--
-- Name: revisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revisions (
    id bigint NOT NULL,
    article_id bigint NOT NULL,
    number integer NOT NULL,
    change text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    content_sha256 bytea NOT NULL,
    capture_id bigint,
    extractor text NOT NULL,
    seen_from timestamp with time zone NOT NULL,
    replaced_at timestamp with time zone NOT NULL,
    run_id bigint NOT NULL,
    made_by text NOT NULL,
    CONSTRAINT revisions_change_check CHECK ((change = ANY (ARRAY['title'::text, 'minor'::text, 'substantive'::text]))),
    CONSTRAINT revisions_made_by_check CHECK ((made_by = ANY (ARRAY['newsroom'::text, 'extractor'::text])))
);


--
-- Name: TABLE revisions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.revisions IS 'Former states of articles: what each said before it changed. All states, the current one too, are in article_versions.';


--
-- Name: COLUMN revisions.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.id IS 'Key.';


--
-- Name: COLUMN revisions.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.article_id IS 'The article.';


--
-- Name: COLUMN revisions.number; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.number IS '1 is the state it was first seen in.';


--
-- Name: COLUMN revisions.change; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.change IS 'What replaced this state: substantive (other words in the text), title (other words in the headline alone), minor (the same words: commas, case, quotes, spacing, the time of an update).';


--
-- Name: COLUMN revisions.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.title IS 'Headline it had.';


--
-- Name: COLUMN revisions.text; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.text IS 'Text it had.';


--
-- Name: COLUMN revisions.content_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.content_sha256 IS 'SHA-256 of that title and text.';


--
-- Name: COLUMN revisions.capture_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.capture_id IS 'The capture that state was read from.';


--
-- Name: COLUMN revisions.extractor; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.extractor IS 'Version of the extractor that read it.';


--
-- Name: COLUMN revisions.seen_from; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.seen_from IS 'When we first saw this state.';


--
-- Name: COLUMN revisions.replaced_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.replaced_at IS 'When we saw the next one.';


--
-- Name: COLUMN revisions.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.run_id IS 'The run that fetched what the next state was read from.';


--
-- Name: COLUMN revisions.made_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revisions.made_by IS 'Who replaced this state: newsroom (the page says something else), extractor (a newer version reads the same page otherwise).';


--
-- Name: article_versions; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.article_versions AS
 SELECT article_id,
    number,
    title,
    text,
    seen_from,
    seen_until,
    lag(change) OVER states AS change,
    lag(made_by) OVER states AS made_by,
    extractor,
    is_current
   FROM ( SELECT revisions.article_id,
            revisions.number,
            revisions.title,
            revisions.text,
            revisions.seen_from,
            revisions.replaced_at AS seen_until,
            revisions.change,
            revisions.made_by,
            revisions.extractor,
            false AS is_current
           FROM public.revisions
        UNION ALL
         SELECT a.id,
            (COALESCE(r.number, 0) + 1),
            a.title,
            a.text,
            COALESCE(r.replaced_at, a.first_seen_at) AS "coalesce",
            a.gone_at,
            NULL::text,
            NULL::text,
            a.extractor,
            true
           FROM (public.articles a
             LEFT JOIN LATERAL ( SELECT revisions.number,
                    revisions.replaced_at
                   FROM public.revisions
                  WHERE (revisions.article_id = a.id)
                  ORDER BY revisions.number DESC
                 LIMIT 1) r ON (true))) s
  WINDOW states AS (PARTITION BY article_id ORDER BY number);


--
-- Name: VIEW article_versions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.article_versions IS 'Every state an article was in, the current one too: one row a state.';


--
-- Name: COLUMN article_versions.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.article_id IS 'The article.';


--
-- Name: COLUMN article_versions.number; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.number IS '1 is the state it was first seen in.';


--
-- Name: COLUMN article_versions.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.title IS 'Headline.';


--
-- Name: COLUMN article_versions.text; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.text IS 'Text.';


--
-- Name: COLUMN article_versions.seen_from; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.seen_from IS 'When we first saw this state.';


--
-- Name: COLUMN article_versions.seen_until; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.seen_until IS 'When we saw the next one, or that the page is gone; null: it stands.';


--
-- Name: COLUMN article_versions.change; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.change IS 'What kind of change made this state of the one before, as in revisions.change; null for the first.';


--
-- Name: COLUMN article_versions.made_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.made_by IS 'Who made that change: newsroom or extractor; null for the first.';


--
-- Name: COLUMN article_versions.extractor; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.extractor IS 'Version of the extractor that read it.';


--
-- Name: COLUMN article_versions.is_current; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.article_versions.is_current IS 'Whether it is what articles says.';


--
-- Name: articles_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.articles ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.articles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: captures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.captures (
    id bigint NOT NULL,
    page_id bigint NOT NULL,
    run_id bigint NOT NULL,
    url text NOT NULL,
    final_url text NOT NULL,
    status smallint NOT NULL,
    fetched_at timestamp with time zone NOT NULL,
    body_sha256 bytea NOT NULL,
    body_bytes bigint NOT NULL,
    warc_file text,
    warc_offset bigint,
    warc_length bigint,
    kind text DEFAULT 'response'::text NOT NULL,
    refers_to bigint,
    body_sha1 bytea,
    expired_at timestamp with time zone,
    no_story_by text,
    CONSTRAINT captures_body_sha1_check CHECK ((length(body_sha1) = 20)),
    CONSTRAINT captures_kind_check CHECK ((kind = ANY (ARRAY['response'::text, 'server_not_modified'::text, 'identical_payload'::text]))),
    CONSTRAINT captures_place_check CHECK (((warc_file IS NOT NULL) OR (expired_at IS NOT NULL))),
    CONSTRAINT captures_refers_to_check CHECK (((refers_to IS NULL) = (kind = 'response'::text)))
);


--
-- Name: TABLE captures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.captures IS 'Answers kept byte for byte: where each lies in the WARC files.';


--
-- Name: COLUMN captures.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.id IS 'Key.';


--
-- Name: COLUMN captures.page_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.page_id IS 'The page that was asked for.';


--
-- Name: COLUMN captures.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.run_id IS 'The run that fetched it.';


--
-- Name: COLUMN captures.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.url IS 'Address asked for.';


--
-- Name: COLUMN captures.final_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.final_url IS 'Address that answered, after redirects.';


--
-- Name: COLUMN captures.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.status IS 'HTTP status; 304 where the site said that nothing changed.';


--
-- Name: COLUMN captures.fetched_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.fetched_at IS 'When the answer was complete.';


--
-- Name: COLUMN captures.body_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.body_sha256 IS 'SHA-256 of the decoded body; where the record has none, of that of refers_to.';


--
-- Name: COLUMN captures.body_bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.body_bytes IS 'Length of that decoded body.';


--
-- Name: COLUMN captures.warc_file; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.warc_file IS 'Name of the WARC file, in the captures folder or store; null once the bytes of an expired capture are gone.';


--
-- Name: COLUMN captures.warc_offset; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.warc_offset IS 'Byte offset of the record in that file; null as warc_file.';


--
-- Name: COLUMN captures.warc_length; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.warc_length IS 'Length of the compressed record, in bytes; null as warc_file.';


--
-- Name: COLUMN captures.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.kind IS 'response: the answer with its body; without a body: server_not_modified (a site''s 304), identical_payload (the bytes of the visit before again).';


--
-- Name: COLUMN captures.refers_to; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.refers_to IS 'The capture that has the body, of the same page; null for a response.';


--
-- Name: COLUMN captures.body_sha1; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.body_sha1 IS 'SHA-1 of the same body, as in WARC-Payload-Digest; null in captures of early versions.';


--
-- Name: COLUMN captures.expired_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.expired_at IS 'When retention ended it, or someone did; its bytes go with the next dateline captures prune. Null: it is kept.';


--
-- Name: COLUMN captures.no_story_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.captures.no_story_by IS 'Version of the extractor that read it last and found no story in it; null: it found one, or none has said.';


--
-- Name: captures_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.captures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.captures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: cluster_articles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cluster_articles (
    article_id bigint NOT NULL,
    cluster_id bigint NOT NULL,
    similarity real NOT NULL,
    delay interval DEFAULT '00:00:00'::interval NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    evidence jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT cluster_articles_similarity_check CHECK (((similarity >= (0)::double precision) AND (similarity <= (1)::double precision)))
);


--
-- Name: TABLE cluster_articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.cluster_articles IS 'Which articles are one story, and by what evidence.';


--
-- Name: COLUMN cluster_articles.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_articles.article_id IS 'The article.';


--
-- Name: COLUMN cluster_articles.cluster_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_articles.cluster_id IS 'The story.';


--
-- Name: COLUMN cluster_articles.similarity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_articles.similarity IS 'How much of the shorter text is in the longer, 0 to 1, beside the article that it matched.';


--
-- Name: COLUMN cluster_articles.delay; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_articles.delay IS 'How long after the first article of the story it was published.';


--
-- Name: COLUMN cluster_articles.joined_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_articles.joined_at IS 'When it was found to be of the story.';


--
-- Name: COLUMN cluster_articles.evidence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_articles.evidence IS 'The article it matched, how much of the longer text they share, whether both credit one agency.';


--
-- Name: cluster_queue; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cluster_queue (
    id bigint NOT NULL,
    article_id bigint NOT NULL
);


--
-- Name: TABLE cluster_queue; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.cluster_queue IS 'Articles to be assigned to their clusters, written with the article itself: a crash loses none. No foreign key, which would want an index.';


--
-- Name: COLUMN cluster_queue.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_queue.id IS 'Key. A change while an article is being assigned queues it once more.';


--
-- Name: COLUMN cluster_queue.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.cluster_queue.article_id IS 'The article.';


--
-- Name: cluster_queue_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.cluster_queue ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.cluster_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: clusters; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.clusters (
    id bigint NOT NULL,
    first_article_id bigint NOT NULL,
    first_published_at timestamp with time zone NOT NULL,
    last_published_at timestamp with time zone NOT NULL,
    size integer DEFAULT 1 NOT NULL,
    outlets integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE clusters; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.clusters IS 'Stories that were published more than once: two or more articles that share their text.';


--
-- Name: COLUMN clusters.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.id IS 'Key. Of two clusters that turn out to be one the older stays; a rebuild gives new ones.';


--
-- Name: COLUMN clusters.first_article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.first_article_id IS 'The article that was published first, see published_moment.';


--
-- Name: COLUMN clusters.first_published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.first_published_at IS 'When that one was published.';


--
-- Name: COLUMN clusters.last_published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.last_published_at IS 'When the latest was published.';


--
-- Name: COLUMN clusters.size; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.size IS 'Articles.';


--
-- Name: COLUMN clusters.outlets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.outlets IS 'Outlets that have it.';


--
-- Name: COLUMN clusters.created_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.clusters.created_at IS 'When the second of its articles was stored.';


--
-- Name: clusters_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.clusters ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.clusters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: endpoints; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.endpoints (
    id bigint NOT NULL,
    source_id bigint NOT NULL,
    url text NOT NULL,
    url_sha256 bytea NOT NULL,
    kind text NOT NULL,
    found_by text NOT NULL,
    parent_id bigint,
    etag text,
    last_modified text,
    fetched_at timestamp with time zone,
    outcome text,
    detail text,
    links integer,
    failures integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    pace interval DEFAULT '01:00:00'::interval NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone,
    modified_hint timestamp with time zone,
    CONSTRAINT endpoints_found_by_check CHECK ((found_by = ANY (ARRAY['entry'::text, 'autodiscovery'::text, 'robots'::text, 'sitemap_index'::text, 'pagination'::text, 'argument'::text]))),
    CONSTRAINT endpoints_kind_check CHECK ((kind = ANY (ARRAY['feed'::text, 'sitemap'::text, 'front'::text, 'wordpress'::text])))
);


--
-- Name: TABLE endpoints; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.endpoints IS 'Where an outlet lists its stories: feeds, sitemaps, its front page.';


--
-- Name: COLUMN endpoints.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.id IS 'Key.';


--
-- Name: COLUMN endpoints.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.source_id IS 'The outlet.';


--
-- Name: COLUMN endpoints.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.url IS 'Address of the feed, sitemap or page.';


--
-- Name: COLUMN endpoints.url_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.url_sha256 IS 'SHA-256 of the canonical form of url.';


--
-- Name: COLUMN endpoints.kind; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.kind IS 'feed (RSS, Atom, JSON Feed), sitemap (index, news or plain), front (a page of links), wordpress (its REST interface).';


--
-- Name: COLUMN endpoints.found_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.found_by IS 'entry: named in sources.toml; autodiscovery: a link element; robots: a Sitemap line; sitemap_index; pagination: the next page of another; argument: named in a one-off crawl.';


--
-- Name: COLUMN endpoints.parent_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.parent_id IS 'The front page or sitemap index that points to it; asked whenever that one is.';


--
-- Name: COLUMN endpoints.etag; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.etag IS 'Validator of the newest answer, sent back as If-None-Match.';


--
-- Name: COLUMN endpoints.last_modified; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.last_modified IS 'Validator of the newest answer, sent back as If-Modified-Since.';


--
-- Name: COLUMN endpoints.fetched_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.fetched_at IS 'When it was last asked.';


--
-- Name: COLUMN endpoints.outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.outcome IS 'What came of it: read, unchanged, or the name of a failure.';


--
-- Name: COLUMN endpoints.detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.detail IS 'One line about that failure.';


--
-- Name: COLUMN endpoints.links; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.links IS 'Story links in the newest readable answer.';


--
-- Name: COLUMN endpoints.failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.failures IS 'Failures in a row.';


--
-- Name: COLUMN endpoints.created_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.created_at IS 'When it was found.';


--
-- Name: COLUMN endpoints.pace; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.pace IS 'How long until it is asked again: halved when it lists something new, half as long again when not.';


--
-- Name: COLUMN endpoints.due_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.due_at IS 'The schedule asks it at the first crawl after this moment.';


--
-- Name: COLUMN endpoints.changed_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.changed_at IS 'When it last listed a story that was new to the archive.';


--
-- Name: COLUMN endpoints.modified_hint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.endpoints.modified_hint IS 'Change time as its sitemap index gives it; a newer one makes it due at once.';


--
-- Name: endpoints_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.endpoints ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.endpoints_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: fetches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fetches (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    page_id bigint,
    endpoint_id bigint,
    capture_id bigint,
    url text NOT NULL,
    final_url text,
    status smallint,
    outcome text NOT NULL,
    detail text,
    bytes bigint DEFAULT 0 NOT NULL,
    seconds real,
    at timestamp with time zone DEFAULT now() NOT NULL
)
PARTITION BY RANGE (at);


--
-- Name: TABLE fetches; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.fetches IS 'Log of every request for a page or an endpoint, and what came of it. By months of at, which end with DATELINE_KEEP_FETCHES; sources.log_from says where it begins.';


--
-- Name: COLUMN fetches.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.id IS 'Key.';


--
-- Name: COLUMN fetches.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.run_id IS 'The run that asked.';


--
-- Name: COLUMN fetches.page_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.page_id IS 'The page asked for; null for an endpoint.';


--
-- Name: COLUMN fetches.endpoint_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.endpoint_id IS 'The endpoint asked for; null for a page.';


--
-- Name: COLUMN fetches.capture_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.capture_id IS 'The capture kept of the answer.';


--
-- Name: COLUMN fetches.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.url IS 'Address asked for.';


--
-- Name: COLUMN fetches.final_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.final_url IS 'Address that answered, where it differs.';


--
-- Name: COLUMN fetches.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.status IS 'HTTP status; null where there was no answer.';


--
-- Name: COLUMN fetches.outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.outcome IS 'stored, revised, unchanged, read, skipped, twin, forgotten, held (back in quarantine), or the name of a failure.';


--
-- Name: COLUMN fetches.detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.detail IS 'One line about that outcome.';


--
-- Name: COLUMN fetches.bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.bytes IS 'Body bytes received, decoded.';


--
-- Name: COLUMN fetches.seconds; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.seconds IS 'From request to complete answer.';


--
-- Name: COLUMN fetches.at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches.at IS 'When the outcome was written.';


--
-- Name: fetches_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fetches_default (
    id bigint CONSTRAINT fetches_id_not_null NOT NULL,
    run_id bigint CONSTRAINT fetches_run_id_not_null NOT NULL,
    page_id bigint,
    endpoint_id bigint,
    capture_id bigint,
    url text CONSTRAINT fetches_url_not_null NOT NULL,
    final_url text,
    status smallint,
    outcome text CONSTRAINT fetches_outcome_not_null NOT NULL,
    detail text,
    bytes bigint DEFAULT 0 CONSTRAINT fetches_bytes_not_null NOT NULL,
    seconds real,
    at timestamp with time zone DEFAULT now() CONSTRAINT fetches_at_not_null NOT NULL
);


--
-- Name: TABLE fetches_default; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.fetches_default IS 'The rows of fetches that have no month of their own: those of before there were any, and of months that nobody made.';


--
-- Name: COLUMN fetches_default.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.id IS 'Key.';


--
-- Name: COLUMN fetches_default.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.run_id IS 'The run that asked.';


--
-- Name: COLUMN fetches_default.page_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.page_id IS 'The page asked for; null for an endpoint.';


--
-- Name: COLUMN fetches_default.endpoint_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.endpoint_id IS 'The endpoint asked for; null for a page.';


--
-- Name: COLUMN fetches_default.capture_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.capture_id IS 'The capture kept of the answer.';


--
-- Name: COLUMN fetches_default.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.url IS 'Address asked for.';


--
-- Name: COLUMN fetches_default.final_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.final_url IS 'Address that answered, where it differs.';


--
-- Name: COLUMN fetches_default.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.status IS 'HTTP status; null where there was no answer.';


--
-- Name: COLUMN fetches_default.outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.outcome IS 'stored, revised, unchanged, read, skipped, twin, forgotten, held (back in quarantine), or the name of a failure.';


--
-- Name: COLUMN fetches_default.detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.detail IS 'One line about that outcome.';


--
-- Name: COLUMN fetches_default.bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.bytes IS 'Body bytes received, decoded.';


--
-- Name: COLUMN fetches_default.seconds; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.seconds IS 'From request to complete answer.';


--
-- Name: COLUMN fetches_default.at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fetches_default.at IS 'When the outcome was written.';


--
-- Name: fetches_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.fetches ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.fetches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: fingerprints; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fingerprints (
    hash bigint NOT NULL,
    article_id bigint NOT NULL
);


--
-- Name: TABLE fingerprints; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.fingerprints IS 'The index that finds articles with a text in common: the 16 least hashes of each one''s shingles of five words.';


--
-- Name: COLUMN fingerprints.hash; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fingerprints.hash IS 'The upper 63 bits of XXH3 (64 bits) of the shingle.';


--
-- Name: COLUMN fingerprints.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.fingerprints.article_id IS 'The article that has it.';


--
-- Name: sources; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sources (
    id bigint NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    origin text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    cadence interval DEFAULT '01:00:00'::interval NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    last_crawled_at timestamp with time zone,
    last_outcome text,
    last_reason text,
    failures integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    shapes jsonb DEFAULT '{}'::jsonb NOT NULL,
    log_from timestamp with time zone,
    CONSTRAINT sources_cadence_check CHECK ((cadence > '00:00:00'::interval)),
    CONSTRAINT sources_name_check CHECK ((name <> ''::text)),
    CONSTRAINT sources_origin_check CHECK ((origin = ANY (ARRAY['configured'::text, 'one_off'::text])))
);


--
-- Name: TABLE sources; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.sources IS 'Outlets: one row a news site, from sources.toml or from a one-off crawl.';


--
-- Name: COLUMN sources.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.id IS 'Key.';


--
-- Name: COLUMN sources.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.name IS 'The name users type; from sources.toml, or the host of a one-off crawl.';


--
-- Name: COLUMN sources.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.url IS 'Front page of the outlet.';


--
-- Name: COLUMN sources.origin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.origin IS 'configured: listed in sources.toml and scheduled; one_off: met in a one-off crawl, never scheduled.';


--
-- Name: COLUMN sources.enabled; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.enabled IS 'False once the entry has left sources.toml: kept for its articles, crawled no more.';


--
-- Name: COLUMN sources.settings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.settings IS 'The entry of sources.toml as it was last read: language, timezone, feeds, sitemaps, delay, limits.';


--
-- Name: COLUMN sources.cadence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.cadence IS 'How often the schedule crawls the outlet.';


--
-- Name: COLUMN sources.due_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.due_at IS 'The schedule crawls the outlet at its first run after this moment.';


--
-- Name: COLUMN sources.last_crawled_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.last_crawled_at IS 'When the newest finished crawl of the outlet ended.';


--
-- Name: COLUMN sources.last_outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.last_outcome IS 'Outcome of that crawl, as in runs.outcome.';


--
-- Name: COLUMN sources.last_reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.last_reason IS 'Why that crawl failed, was empty or was interrupted.';


--
-- Name: COLUMN sources.failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.failures IS 'Failed crawls in a row; 0 after a good one.';


--
-- Name: COLUMN sources.created_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.created_at IS 'When the outlet was first seen.';


--
-- Name: COLUMN sources.shapes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.shapes IS 'URL shapes of the outlet as learned: {"/{yyyy}/{mm}/{slug}": [stories, others]}.';


--
-- Name: COLUMN sources.log_from; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sources.log_from IS 'Its requests before this moment are no longer in fetches, which DATELINE_KEEP_FETCHES ended; null: all are there.';


--
-- Name: first_publishers; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.first_publishers AS
 WITH placed AS (
         SELECT m.cluster_id,
            a.source_id,
            min(m.delay) AS delay,
            bool_or((c.first_article_id = a.id)) AS is_first
           FROM ((public.cluster_articles m
             JOIN public.clusters c ON ((c.id = m.cluster_id)))
             JOIN public.articles a ON ((a.id = m.article_id)))
          WHERE (c.outlets > 1)
          GROUP BY m.cluster_id, a.source_id
        )
 SELECT s.name AS outlet,
    count(*) AS stories,
    count(*) FILTER (WHERE placed.is_first) AS first,
    ((count(*) FILTER (WHERE placed.is_first))::real / (count(*))::double precision) AS share,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY placed.delay) FILTER (WHERE (NOT placed.is_first)) AS median_delay
   FROM (placed
     JOIN public.sources s ON ((s.id = placed.source_id)))
  GROUP BY s.name;


--
-- Name: VIEW first_publishers; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.first_publishers IS 'Who publishes first: outlets by the stories that several have.';


--
-- Name: COLUMN first_publishers.outlet; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.first_publishers.outlet IS 'The outlet.';


--
-- Name: COLUMN first_publishers.stories; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.first_publishers.stories IS 'Stories it shares with other outlets.';


--
-- Name: COLUMN first_publishers.first; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.first_publishers.first IS 'How many of these it had first.';


--
-- Name: COLUMN first_publishers.share; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.first_publishers.share IS 'The same as a share, 0 to 1.';


--
-- Name: COLUMN first_publishers.median_delay; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.first_publishers.median_delay IS 'How long after the first it has the others, in the middle of them.';


--
-- Name: forgettings_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.forgettings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.forgettings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: hosts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.hosts (
    host text NOT NULL,
    next_at timestamp with time zone DEFAULT now() NOT NULL,
    held_by bigint,
    held_until timestamp with time zone,
    paused_until timestamp with time zone,
    pause_reason text,
    failures integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');


--
-- Name: TABLE hosts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.hosts IS 'Servers that are asked: whose turn it is, and when the next request may be sent. Shared by all processes.';


--
-- Name: COLUMN hosts.host; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.host IS 'Host and port, as they stand in the address.';


--
-- Name: COLUMN hosts.next_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.next_at IS 'No request before this moment: the pause after the last answer, longer after failures.';


--
-- Name: COLUMN hosts.held_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.held_by IS 'The process whose request is under way, by the advisory lock that it holds while it lives; null where there is none.';


--
-- Name: COLUMN hosts.held_until; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.held_until IS 'After this moment that process is taken for dead.';


--
-- Name: COLUMN hosts.paused_until; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.paused_until IS 'The server asked to be left alone until then (429 or 503, Retry-After).';


--
-- Name: COLUMN hosts.pause_reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.pause_reason IS 'What it answered.';


--
-- Name: COLUMN hosts.failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.hosts.failures IS 'Failed requests in a row; each doubles the pause.';


--
-- Name: pages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pages (
    id bigint NOT NULL,
    source_id bigint NOT NULL,
    url text NOT NULL,
    canonical_url text NOT NULL,
    url_sha256 bytea NOT NULL,
    endpoint_id bigint,
    depth smallint DEFAULT 0 NOT NULL,
    title_hint text,
    published_hint text,
    modified_hint timestamp with time zone,
    due_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    visits integer DEFAULT 0 NOT NULL,
    leased_by bigint,
    lease_expires_at timestamp with time zone,
    outcome text,
    detail text,
    etag text,
    last_modified text,
    body_sha256 bytea,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    fetched_at timestamp with time zone,
    language_hint text,
    twin_of text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT pages_url_sha256_check CHECK ((length(url_sha256) = 32))
);


--
-- Name: TABLE pages; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.pages IS 'The frontier: every story URL ever found, when it is due next, and what came of the last visit.';


--
-- Name: COLUMN pages.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.id IS 'Key.';


--
-- Name: COLUMN pages.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.source_id IS 'The outlet that found it.';


--
-- Name: COLUMN pages.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.url IS 'The address as it was found: what is asked for.';


--
-- Name: COLUMN pages.canonical_url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.canonical_url IS 'Its canonical form: what it is known by.';


--
-- Name: COLUMN pages.url_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.url_sha256 IS 'SHA-256 of canonical_url; one page a story URL.';


--
-- Name: COLUMN pages.endpoint_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.endpoint_id IS 'The endpoint that listed it first.';


--
-- Name: COLUMN pages.depth; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.depth IS 'Links followed from the address a one-off crawl was given.';


--
-- Name: COLUMN pages.title_hint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.title_hint IS 'Title as the feed or sitemap gives it.';


--
-- Name: COLUMN pages.published_hint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.published_hint IS 'Publication time as the feed or sitemap gives it, untouched.';


--
-- Name: COLUMN pages.modified_hint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.modified_hint IS 'Change time as the feed or sitemap gives it; a newer one makes the page due at once.';


--
-- Name: COLUMN pages.due_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.due_at IS 'To be fetched from this moment on; null: not again.';


--
-- Name: COLUMN pages.attempts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.attempts IS 'Failed fetches in a row.';


--
-- Name: COLUMN pages.visits; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.visits IS 'Fetches that were answered; the re-check interval grows with it.';


--
-- Name: COLUMN pages.leased_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.leased_by IS 'The run that is fetching it now.';


--
-- Name: COLUMN pages.lease_expires_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.lease_expires_at IS 'After this moment another run may take it.';


--
-- Name: COLUMN pages.outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.outcome IS 'What came of the last visit: stored, revised, unchanged, skipped, twin, forgotten, held (back in quarantine), or the name of a failure.';


--
-- Name: COLUMN pages.detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.detail IS 'One line about that outcome.';


--
-- Name: COLUMN pages.etag; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.etag IS 'Validator of the newest answer.';


--
-- Name: COLUMN pages.last_modified; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.last_modified IS 'Validator of the newest answer.';


--
-- Name: COLUMN pages.body_sha256; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.body_sha256 IS 'SHA-256 of the newest body: the same bytes are not extracted again.';


--
-- Name: COLUMN pages.first_seen_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.first_seen_at IS 'When it was found.';


--
-- Name: COLUMN pages.fetched_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.fetched_at IS 'When it was last fetched.';


--
-- Name: COLUMN pages.language_hint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.language_hint IS 'Language as the feed or news sitemap gives it.';


--
-- Name: COLUMN pages.twin_of; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.pages.twin_of IS 'Addresses that had its story at visits which are no longer in fetches.';


--
-- Name: pages_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.pages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quarantine; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.quarantine (
    id bigint NOT NULL,
    page_id bigint NOT NULL,
    run_id bigint NOT NULL,
    capture_id bigint,
    url text NOT NULL,
    reason text NOT NULL,
    detail text,
    at timestamp with time zone DEFAULT now() NOT NULL,
    retried_by text,
    source_id bigint,
    held_for text[],
    published_at timestamp with time zone,
    word_count integer,
    shortest real,
    longest real,
    decided_at timestamp with time zone,
    released_at timestamp with time zone
);


--
-- Name: TABLE quarantine; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.quarantine IS 'Pages that were fetched and have no row in articles for it: they could not be read, or are stories held back by a gate. Kept with their capture, to be read again.';


--
-- Name: COLUMN quarantine.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.id IS 'Key.';


--
-- Name: COLUMN quarantine.page_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.page_id IS 'The page.';


--
-- Name: COLUMN quarantine.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.run_id IS 'The run that fetched it.';


--
-- Name: COLUMN quarantine.capture_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.capture_id IS 'The capture, which a release or a better extractor reads again.';


--
-- Name: COLUMN quarantine.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.url IS 'Address of the page.';


--
-- Name: COLUMN quarantine.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.reason IS 'Why it is here. Could not be read or written: timeout, memory, crashed, unreadable, too_large, unstorable. Could, and was held back: held_undated, held_dates_today (dated to the day of the visit by nothing structured), held_short, held_long.';


--
-- Name: COLUMN quarantine.detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.detail IS 'One line about it.';


--
-- Name: COLUMN quarantine.at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.at IS 'When it was put here.';


--
-- Name: COLUMN quarantine.retried_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.retried_by IS 'Version of the extractor that read the capture last and left it here; null: none has tried.';


--
-- Name: COLUMN quarantine.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.source_id IS 'The outlet; null in rows of before this column.';


--
-- Name: COLUMN quarantine.held_for; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.held_for IS 'Of a story that is held back: every reason; null: it could not be read.';


--
-- Name: COLUMN quarantine.published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.published_at IS 'Of a story that is held back: when it says it was published.';


--
-- Name: COLUMN quarantine.word_count; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.word_count IS 'Of a story that is held back: its words.';


--
-- Name: COLUMN quarantine.shortest; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.shortest IS 'Words that it should have at least; null where that is no reason.';


--
-- Name: COLUMN quarantine.longest; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.longest IS 'Words that it should have at most; null where that is no reason.';


--
-- Name: COLUMN quarantine.decided_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.decided_at IS 'When its outlet had failed the gate, so that the story stays until somebody releases it, or a newer extractor reads it otherwise; null: the end of the next crawl decides.';


--
-- Name: COLUMN quarantine.released_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantine.released_at IS 'When it was stored after all; null: it was not.';


--
-- Name: quarantine_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.quarantine ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quarantined; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.quarantined AS
 SELECT q.id,
    s.name AS source,
    q.url,
    q.reason,
    q.held_for,
    q.detail,
    q.at,
    q.published_at,
    q.word_count,
    q.shortest,
    q.longest,
    q.decided_at,
    q.retried_by,
    p.source_id,
    q.page_id,
    q.run_id,
    q.capture_id
   FROM ((public.quarantine q
     JOIN public.pages p ON ((p.id = q.page_id)))
     JOIN public.sources s ON ((s.id = p.source_id)))
  WHERE ((q.released_at IS NULL) AND (NOT (EXISTS ( SELECT
           FROM public.articles a
          WHERE (a.page_id = q.page_id)))) AND ((q.held_for IS NOT NULL) OR ((p.outcome = q.reason) AND (NOT (EXISTS ( SELECT
           FROM public.quarantine n
          WHERE ((n.page_id = q.page_id) AND (n.id > q.id))))))));


--
-- Name: VIEW quarantined; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.quarantined IS 'What is in quarantine now: pages that no visit could read since, and stories that are held back.';


--
-- Name: COLUMN quarantined.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.id IS 'Key, as in quarantine: dateline quarantine release ID stores it.';


--
-- Name: COLUMN quarantined.source; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.source IS 'The outlet.';


--
-- Name: COLUMN quarantined.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.url IS 'Address of the page.';


--
-- Name: COLUMN quarantined.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.reason IS 'Why it is here, as in quarantine.';


--
-- Name: COLUMN quarantined.held_for; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.held_for IS 'Every reason why a story is held back; null: the page could not be read.';


--
-- Name: COLUMN quarantined.detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.detail IS 'One line about it.';


--
-- Name: COLUMN quarantined.at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.at IS 'When it was put here.';


--
-- Name: COLUMN quarantined.published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.published_at IS 'Of a story that is held back: when it says it was published.';


--
-- Name: COLUMN quarantined.word_count; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.word_count IS 'Of a story that is held back: its words.';


--
-- Name: COLUMN quarantined.shortest; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.shortest IS 'Words that it should have at least; null where that is no reason.';


--
-- Name: COLUMN quarantined.longest; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.longest IS 'Words that it should have at most; null where that is no reason.';


--
-- Name: COLUMN quarantined.decided_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.decided_at IS 'When its outlet had failed the gate, as in quarantine.';


--
-- Name: COLUMN quarantined.retried_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.retried_by IS 'Version of the extractor that read it last.';


--
-- Name: COLUMN quarantined.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.source_id IS 'The outlet, as in sources.';


--
-- Name: COLUMN quarantined.page_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.page_id IS 'The page.';


--
-- Name: COLUMN quarantined.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.run_id IS 'The run that fetched it.';


--
-- Name: COLUMN quarantined.capture_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.quarantined.capture_id IS 'The capture.';


--
-- Name: revision_pairs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.revision_pairs AS
 SELECT r.article_id,
    r.number,
    r.change,
    r.made_by,
    r.replaced_at AS changed_at,
    r.title AS title_before,
    COALESCE(n.title, a.title) AS title_after,
    r.text AS text_before,
    COALESCE(n.text, a.text) AS text_after,
    r.extractor AS extractor_before,
    COALESCE(n.extractor, a.extractor) AS extractor_after
   FROM ((public.revisions r
     JOIN public.articles a ON ((a.id = r.article_id)))
     LEFT JOIN public.revisions n ON (((n.article_id = r.article_id) AND (n.number = (r.number + 1)))));


--
-- Name: VIEW revision_pairs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.revision_pairs IS 'Every change of an article: the state before it beside the state after it, one row a change.';


--
-- Name: COLUMN revision_pairs.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.article_id IS 'The article.';


--
-- Name: COLUMN revision_pairs.number; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.number IS 'Number of the change: it made state number + 1 of state number.';


--
-- Name: COLUMN revision_pairs.change; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.change IS 'substantive, title or minor, as in revisions.change.';


--
-- Name: COLUMN revision_pairs.made_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.made_by IS 'newsroom or extractor.';


--
-- Name: COLUMN revision_pairs.changed_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.changed_at IS 'When we saw it.';


--
-- Name: COLUMN revision_pairs.title_before; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.title_before IS 'Headline before.';


--
-- Name: COLUMN revision_pairs.title_after; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.title_after IS 'Headline after.';


--
-- Name: COLUMN revision_pairs.text_before; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.text_before IS 'Text before.';


--
-- Name: COLUMN revision_pairs.text_after; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.text_after IS 'Text after.';


--
-- Name: COLUMN revision_pairs.extractor_before; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.extractor_before IS 'Version of the extractor that read the state before.';


--
-- Name: COLUMN revision_pairs.extractor_after; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.revision_pairs.extractor_after IS 'Version of the extractor that read the state after.';


--
-- Name: revisions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.revisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.revisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: runs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.runs (
    id bigint NOT NULL,
    source_id bigint NOT NULL,
    batch uuid NOT NULL,
    trigger text NOT NULL,
    worker text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    outcome text DEFAULT 'running'::text NOT NULL,
    reason text,
    discovered integer DEFAULT 0 NOT NULL,
    fetched integer DEFAULT 0 NOT NULL,
    stored integer DEFAULT 0 NOT NULL,
    revised integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    failed jsonb DEFAULT '{}'::jsonb NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    watch boolean DEFAULT true NOT NULL,
    held jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT runs_outcome_check CHECK ((outcome = ANY (ARRAY['running'::text, 'done'::text, 'empty'::text, 'failed'::text, 'interrupted'::text, 'abandoned'::text]))),
    CONSTRAINT runs_trigger_check CHECK ((trigger = ANY (ARRAY['cli'::text, 'schedule'::text, 'once'::text, 'backfill'::text, 'check'::text, 'import'::text])))
);


--
-- Name: TABLE runs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.runs IS 'One crawl of one outlet: who ran it, when, and how it ended.';


--
-- Name: COLUMN runs.id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.id IS 'Key; also the fencing token of every lease the run holds.';


--
-- Name: COLUMN runs.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.source_id IS 'The outlet.';


--
-- Name: COLUMN runs.batch; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.batch IS 'Shared by all outlets that one process crawled together.';


--
-- Name: COLUMN runs.trigger; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.trigger IS 'cli: by hand; schedule: by the crawl DAG; once: by crawl_once; backfill: a window of the past; check: by sources add or check; import: WARC files of others.';


--
-- Name: COLUMN runs.worker; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.worker IS 'Host and process id that ran it.';


--
-- Name: COLUMN runs.started_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.started_at IS 'Start of the crawl.';


--
-- Name: COLUMN runs.finished_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.finished_at IS 'End of the crawl; null while it runs.';


--
-- Name: COLUMN runs.outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.outcome IS 'running, done, empty (nothing found), failed (nothing usable), interrupted (stopped on request), abandoned (its process died).';


--
-- Name: COLUMN runs.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.reason IS 'One line that says why the outcome is not done.';


--
-- Name: COLUMN runs.discovered; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.discovered IS 'Story links that were new to the frontier.';


--
-- Name: COLUMN runs.fetched; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.fetched IS 'Story pages requested and answered.';


--
-- Name: COLUMN runs.stored; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.stored IS 'Articles stored for the first time.';


--
-- Name: COLUMN runs.revised; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.revised IS 'Articles whose title or text the newsroom had changed.';


--
-- Name: COLUMN runs.unchanged; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.unchanged IS 'Pages that answered 304 or said what they said before.';


--
-- Name: COLUMN runs.skipped; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.skipped IS 'Pages that are not articles, or that robots.txt forbids.';


--
-- Name: COLUMN runs.failed; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.failed IS 'Failed pages by reason: {"http_500": 3}.';


--
-- Name: COLUMN runs.bytes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.bytes IS 'Body bytes received, decoded.';


--
-- Name: COLUMN runs.watch; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.watch IS 'True for a crawl that looked for whatever is new at the outlet; false for URLs named by hand, a window of the past, an import. Those of before this column count by their trigger.';


--
-- Name: COLUMN runs.held; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.held IS 'How many stories it held back in quarantine, by reason; those released since are in stored.';


--
-- Name: runs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE schema_migrations; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.schema_migrations IS 'Migrations that were applied to this database.';


--
-- Name: COLUMN schema_migrations.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.schema_migrations.name IS 'File name of the migration, without its ending.';


--
-- Name: COLUMN schema_migrations.applied_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.schema_migrations.applied_at IS 'When it was applied.';


--
-- Name: site_rules; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.site_rules (
    url text NOT NULL,
    fetched_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    status smallint,
    reason text,
    text text DEFAULT ''::text NOT NULL
);


--
-- Name: TABLE site_rules; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.site_rules IS 'robots.txt and tdmrep.json of each site, kept for at most a day.';


--
-- Name: COLUMN site_rules.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.site_rules.url IS 'Address of the file.';


--
-- Name: COLUMN site_rules.fetched_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.site_rules.fetched_at IS 'When it was asked for.';


--
-- Name: COLUMN site_rules.expires_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.site_rules.expires_at IS 'It is asked for again after this moment.';


--
-- Name: COLUMN site_rules.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.site_rules.status IS 'HTTP status of the final answer; null where there was none.';


--
-- Name: COLUMN site_rules.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.site_rules.reason IS 'Why a robots.txt disallows all for now: unreachable, 5xx or 429; null where the site has spoken.';


--
-- Name: COLUMN site_rules.text; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.site_rules.text IS 'The file, at most 500 KiB of it; empty where there are no rules.';


--
-- Name: sketches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sketches (
    article_id bigint NOT NULL,
    hashes bigint[] NOT NULL
);


--
-- Name: TABLE sketches; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.sketches IS 'What text_sketches replaces: only the version before writes here.';


--
-- Name: COLUMN sketches.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sketches.article_id IS 'The article.';


--
-- Name: COLUMN sketches.hashes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sketches.hashes IS 'Its fingerprints, least first.';


--
-- Name: source_days; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.source_days (
    source_id bigint NOT NULL,
    day date NOT NULL,
    crawls integer DEFAULT 0 NOT NULL,
    failed_crawls integer DEFAULT 0 NOT NULL,
    discovered integer DEFAULT 0 NOT NULL,
    fetched integer DEFAULT 0 NOT NULL,
    stored integer DEFAULT 0 NOT NULL,
    revised integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    asked integer DEFAULT 0 NOT NULL,
    blocked integer DEFAULT 0 NOT NULL,
    empty integer DEFAULT 0 NOT NULL,
    stories integer DEFAULT 0 NOT NULL,
    undated integer DEFAULT 0 NOT NULL,
    dates_today integer DEFAULT 0 NOT NULL,
    mean_words real,
    median_words real,
    first_stored_at timestamp with time zone,
    last_stored_at timestamp with time zone,
    newest_at timestamp with time zone,
    expected real,
    expected_low real,
    expected_high real,
    expected_days smallint DEFAULT 0 NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE source_days; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.source_days IS 'What each outlet gave a day (UTC), and what was to be expected. Summed from runs, fetches and articles; a crawl counts on the day it began. No row: not crawled.';


--
-- Name: COLUMN source_days.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.source_id IS 'The outlet.';


--
-- Name: COLUMN source_days.day; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.day IS 'The day, in UTC.';


--
-- Name: COLUMN source_days.crawls; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.crawls IS 'Crawls that looked for whatever is new (runs.watch), ended or not.';


--
-- Name: COLUMN source_days.failed_crawls; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.failed_crawls IS 'Those of them that failed, found no story listed, or died.';


--
-- Name: COLUMN source_days.discovered; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.discovered IS 'Story links that were new to the frontier, of all runs of the day.';


--
-- Name: COLUMN source_days.fetched; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.fetched IS 'Story pages requested and answered, of all runs.';


--
-- Name: COLUMN source_days.stored; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.stored IS 'Articles stored for the first time, or held back, of all runs.';


--
-- Name: COLUMN source_days.revised; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.revised IS 'Articles whose title or text the newsroom had changed, of all runs.';


--
-- Name: COLUMN source_days.unchanged; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.unchanged IS 'Pages that said what they said before, of all runs.';


--
-- Name: COLUMN source_days.skipped; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.skipped IS 'Pages that are no articles, that are twins, or that robots.txt forbids, of all runs.';


--
-- Name: COLUMN source_days.failed; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.failed IS 'Pages that failed, of all runs.';


--
-- Name: COLUMN source_days.asked; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.asked IS 'Requests for pages and endpoints, of all runs.';


--
-- Name: COLUMN source_days.blocked; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.blocked IS 'Those that the site refused: 401, 402, 403, 407, 429, 451, robots.txt unreachable, a host that asks to be left alone, a page that asks for a login or for consent in place of a story.';


--
-- Name: COLUMN source_days.empty; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.empty IS 'Pages that answered and had no text of a story, or said that they do not exist.';


--
-- Name: COLUMN source_days.stories; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.stories IS 'The volume: articles stored or held back by crawls that look for what is new, published in the week before or undated. The columns that follow are of these.';


--
-- Name: COLUMN source_days.undated; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.undated IS 'Stories without a date.';


--
-- Name: COLUMN source_days.dates_today; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.dates_today IS 'Stories dated to the day of the visit by nothing structured (quality flag date_is_visit_day).';


--
-- Name: COLUMN source_days.mean_words; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.mean_words IS 'Words of a story, mean.';


--
-- Name: COLUMN source_days.median_words; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.median_words IS 'Words of a story, median.';


--
-- Name: COLUMN source_days.first_stored_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.first_stored_at IS 'When the first story of the day was stored.';


--
-- Name: COLUMN source_days.last_stored_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.last_stored_at IS 'When the last one was.';


--
-- Name: COLUMN source_days.newest_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.newest_at IS 'When the newest of them was published.';


--
-- Name: COLUMN source_days.expected; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.expected IS 'Stories to be expected: the median of the same weekday in the eight weeks before, days without a good crawl left out; null until there are four.';


--
-- Name: COLUMN source_days.expected_low; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.expected_low IS 'First quartile of the same days.';


--
-- Name: COLUMN source_days.expected_high; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.expected_high IS 'Third quartile of the same days.';


--
-- Name: COLUMN source_days.expected_days; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.expected_days IS 'How many days these are of, at most eight.';


--
-- Name: COLUMN source_days.computed_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_days.computed_at IS 'When the row was last summed; a run that ended later is not in it yet.';


--
-- Name: source_states; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.source_states (
    source_id bigint NOT NULL,
    state text NOT NULL,
    reason text,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    since timestamp with time zone NOT NULL,
    judged_at timestamp with time zone NOT NULL,
    CONSTRAINT source_states_state_check CHECK ((state = ANY (ARRAY['failing'::text, 'silent'::text, 'degraded'::text, 'late'::text, 'paused'::text, 'fresh'::text, 'well'::text, 'disabled'::text])))
);


--
-- Name: TABLE source_states; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.source_states IS 'The verdict on each outlet, by the rules of pipelines/health/rules.py: written when a crawl ends, and by dateline status --refresh.';


--
-- Name: COLUMN source_states.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_states.source_id IS 'The outlet.';


--
-- Name: COLUMN source_states.state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_states.state IS 'Worst first: failing (its crawls fail), silent (nothing new for much longer than usual), degraded (less, shorter, undated or blocked), late (not crawled when due, or its newest story is old), paused (its server asked for that), fresh (too little history), well; disabled: left sources.toml.';


--
-- Name: COLUMN source_states.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_states.reason IS 'One line that says why, with figures; null where it is well.';


--
-- Name: COLUMN source_states.findings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_states.findings IS 'Every gate it did not pass: [{"gate", "state", "reason"}], the worst first.';


--
-- Name: COLUMN source_states.since; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_states.since IS 'Since when it is in this state.';


--
-- Name: COLUMN source_states.judged_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_states.judged_at IS 'When it was judged.';


--
-- Name: source_health; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.source_health AS
 SELECT s.id AS source_id,
    s.name,
    s.url,
    s.origin,
    s.enabled,
    COALESCE(t.state, 'fresh'::text) AS state,
    t.reason,
    COALESCE(t.findings, '[]'::jsonb) AS findings,
    t.since,
    t.judged_at,
    s.cadence,
    s.due_at,
    s.last_crawled_at,
    s.last_outcome,
    s.last_reason,
    s.failures,
    public.gates_of(s.settings) AS gates
   FROM (public.sources s
     LEFT JOIN public.source_states t ON ((t.source_id = s.id)));


--
-- Name: VIEW source_health; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.source_health IS 'How each outlet is, and why: the newest verdict beside what it was made of.';


--
-- Name: COLUMN source_health.source_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.source_id IS 'The outlet.';


--
-- Name: COLUMN source_health.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.name IS 'Its name.';


--
-- Name: COLUMN source_health.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.url IS 'Its front page.';


--
-- Name: COLUMN source_health.origin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.origin IS 'configured or one_off, as in sources.';


--
-- Name: COLUMN source_health.enabled; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.enabled IS 'False once the entry has left sources.toml.';


--
-- Name: COLUMN source_health.state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.state IS 'failing, silent, degraded, late, paused, fresh, well or disabled, as in source_states; fresh where nobody has judged yet.';


--
-- Name: COLUMN source_health.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.reason IS 'One line that says why, with figures; null where it is well.';


--
-- Name: COLUMN source_health.findings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.findings IS 'Every gate it did not pass.';


--
-- Name: COLUMN source_health.since; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.since IS 'Since when it is in this state.';


--
-- Name: COLUMN source_health.judged_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.judged_at IS 'When it was judged: at the end of its newest crawl, or by dateline status --refresh after it. What comes by waiting (late, silent) is seen no sooner.';


--
-- Name: COLUMN source_health.cadence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.cadence IS 'How often it is to be crawled.';


--
-- Name: COLUMN source_health.due_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.due_at IS 'When it is due.';


--
-- Name: COLUMN source_health.last_crawled_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.last_crawled_at IS 'When the newest finished crawl ended.';


--
-- Name: COLUMN source_health.last_outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.last_outcome IS 'How it ended.';


--
-- Name: COLUMN source_health.last_reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.last_reason IS 'Why it ended so.';


--
-- Name: COLUMN source_health.failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.failures IS 'Failed crawls in a row.';


--
-- Name: COLUMN source_health.gates; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.source_health.gates IS 'The gates that count for it.';


--
-- Name: sources_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sources ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sources_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: stories; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.stories AS
 SELECT t.cluster_id,
    a.id AS article_id,
    a.title,
    s.name AS first_outlet,
    a.url,
    t.published_at,
    t.last_published_at,
    t.outlets,
    t.articles,
    a.agency,
    a.language
   FROM ((( SELECT clusters.id AS cluster_id,
            clusters.first_article_id AS article_id,
            clusters.first_published_at AS published_at,
            clusters.last_published_at,
            clusters.outlets,
            clusters.size AS articles,
            false AS is_member
           FROM public.clusters
        UNION ALL
         SELECT NULL::bigint AS int8,
            articles.id,
            public.published_moment(articles.published_at, articles.published_precision, articles.first_seen_at) AS published_moment,
            NULL::timestamp with time zone AS timestamptz,
            1,
            1,
            (articles.cluster_id IS NOT NULL)
           FROM public.articles) t
     JOIN public.articles a ON ((a.id = t.article_id)))
     JOIN public.sources s ON ((s.id = a.source_id)))
  WHERE (NOT t.is_member);


--
-- Name: VIEW stories; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.stories IS 'One row a story, however many outlets have it; the title and the rest are those of the first.';


--
-- Name: COLUMN stories.cluster_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.cluster_id IS 'Its cluster; null where one article alone tells it.';


--
-- Name: COLUMN stories.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.article_id IS 'The article that was published first.';


--
-- Name: COLUMN stories.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.title IS 'Headline of that one.';


--
-- Name: COLUMN stories.first_outlet; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.first_outlet IS 'The outlet that published first.';


--
-- Name: COLUMN stories.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.url IS 'Address of that article.';


--
-- Name: COLUMN stories.published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.published_at IS 'When that was, see published_moment.';


--
-- Name: COLUMN stories.last_published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.last_published_at IS 'When the latest outlet published it; null where there is no cluster.';


--
-- Name: COLUMN stories.outlets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.outlets IS 'How many outlets have it.';


--
-- Name: COLUMN stories.articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.articles IS 'How many articles.';


--
-- Name: COLUMN stories.agency; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.agency IS 'News agency that the first article credits.';


--
-- Name: COLUMN stories.language; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stories.language IS 'Language of the first article.';


--
-- Name: text_sketches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.text_sketches (
    article_id bigint NOT NULL,
    sample bigint[] NOT NULL,
    shingles integer NOT NULL
);
ALTER TABLE ONLY public.text_sketches ALTER COLUMN sample SET STORAGE EXTERNAL;


--
-- Name: TABLE text_sketches; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.text_sketches IS 'What is kept of each text of 40 words and more, to compare it by.';


--
-- Name: COLUMN text_sketches.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.text_sketches.article_id IS 'The article.';


--
-- Name: COLUMN text_sketches.sample; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.text_sketches.sample IS 'The 192 least hashes of its shingles, least first; by the first 16 the article is found.';


--
-- Name: COLUMN text_sketches.shingles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.text_sketches.shingles IS 'How many distinct shingles the text has: what the sample stands for.';


--
-- Name: wire_spread; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.wire_spread AS
 SELECT m.cluster_id,
    a.id AS article_id,
    s.name AS outlet,
    a.url,
    a.title,
    a.agency,
    (c.first_published_at + m.delay) AS published_at,
    m.delay,
    m.similarity,
    rank() OVER (PARTITION BY m.cluster_id ORDER BY m.delay) AS place
   FROM (((public.cluster_articles m
     JOIN public.clusters c ON ((c.id = m.cluster_id)))
     JOIN public.articles a ON ((a.id = m.article_id)))
     JOIN public.sources s ON ((s.id = a.source_id)));


--
-- Name: VIEW wire_spread; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.wire_spread IS 'How each clustered story went from outlet to outlet: one row an article.';


--
-- Name: COLUMN wire_spread.cluster_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.cluster_id IS 'The story.';


--
-- Name: COLUMN wire_spread.article_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.article_id IS 'The article.';


--
-- Name: COLUMN wire_spread.outlet; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.outlet IS 'Its outlet.';


--
-- Name: COLUMN wire_spread.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.url IS 'Its address.';


--
-- Name: COLUMN wire_spread.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.title IS 'The headline this outlet gave it.';


--
-- Name: COLUMN wire_spread.agency; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.agency IS 'News agency that this outlet credits.';


--
-- Name: COLUMN wire_spread.published_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.published_at IS 'When it was published, see published_moment.';


--
-- Name: COLUMN wire_spread.delay; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.delay IS 'How long after the first.';


--
-- Name: COLUMN wire_spread.similarity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.similarity IS 'How much of the shorter text is in the longer, beside the article that it matched.';


--
-- Name: COLUMN wire_spread.place; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.wire_spread.place IS '1 for the first to publish; equal moments share a place.';


--
-- Name: fetches_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fetches ATTACH PARTITION public.fetches_default DEFAULT;


--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (source_id, day, state);


--
-- Name: articles articles_page_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_page_id_key UNIQUE (page_id);


--
-- Name: articles articles_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_pkey PRIMARY KEY (id);


--
-- Name: articles articles_url_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_url_sha256_key UNIQUE (url_sha256);


--
-- Name: captures captures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.captures
    ADD CONSTRAINT captures_pkey PRIMARY KEY (id);


--
-- Name: cluster_articles cluster_articles_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cluster_articles
    ADD CONSTRAINT cluster_articles_pkey PRIMARY KEY (article_id);


--
-- Name: cluster_queue cluster_queue_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cluster_queue
    ADD CONSTRAINT cluster_queue_pkey PRIMARY KEY (id);


--
-- Name: clusters clusters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.clusters
    ADD CONSTRAINT clusters_pkey PRIMARY KEY (id);


--
-- Name: endpoints endpoints_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_pkey PRIMARY KEY (id);


--
-- Name: endpoints endpoints_source_id_url_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_source_id_url_sha256_key UNIQUE (source_id, url_sha256);


--
-- Name: fetches fetches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fetches
    ADD CONSTRAINT fetches_pkey PRIMARY KEY (id, at);


--
-- Name: fetches_default fetches_default_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fetches_default
    ADD CONSTRAINT fetches_default_pkey PRIMARY KEY (id, at);


--
-- Name: fingerprints fingerprints_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fingerprints
    ADD CONSTRAINT fingerprints_pkey PRIMARY KEY (hash, article_id);


--
-- Name: forgettings forgettings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.forgettings
    ADD CONSTRAINT forgettings_pkey PRIMARY KEY (id);


--
-- Name: gates gates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.gates
    ADD CONSTRAINT gates_pkey PRIMARY KEY (name);


--
-- Name: hosts hosts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.hosts
    ADD CONSTRAINT hosts_pkey PRIMARY KEY (host);


--
-- Name: pages pages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pages_pkey PRIMARY KEY (id);


--
-- Name: pages pages_url_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pages_url_sha256_key UNIQUE (url_sha256);


--
-- Name: quarantine quarantine_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (id);


--
-- Name: revisions revisions_article_id_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_article_id_number_key UNIQUE (article_id, number);


--
-- Name: revisions revisions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (id);


--
-- Name: runs runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);


--
-- Name: site_rules site_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.site_rules
    ADD CONSTRAINT site_rules_pkey PRIMARY KEY (url);


--
-- Name: sketches sketches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sketches
    ADD CONSTRAINT sketches_pkey PRIMARY KEY (article_id);


--
-- Name: source_days source_days_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source_days
    ADD CONSTRAINT source_days_pkey PRIMARY KEY (source_id, day);


--
-- Name: source_states source_states_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source_states
    ADD CONSTRAINT source_states_pkey PRIMARY KEY (source_id);


--
-- Name: sources sources_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_name_key UNIQUE (name);


--
-- Name: sources sources_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_pkey PRIMARY KEY (id);


--
-- Name: text_sketches text_sketches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.text_sketches
    ADD CONSTRAINT text_sketches_pkey PRIMARY KEY (article_id);


--
-- Name: tombstones tombstones_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_pkey PRIMARY KEY (hash);


--
-- Name: articles_agency; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_agency ON public.articles USING btree (agency, published_at) WHERE (agency IS NOT NULL);


--
-- Name: articles_capture; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_capture ON public.articles USING btree (capture_id);


--
-- Name: articles_changed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_changed ON public.articles USING btree (changed_at);


--
-- Name: articles_changed_xid; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_changed_xid ON public.articles USING btree (changed_xid, id);


--
-- Name: articles_flags; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_flags ON public.articles USING gin (quality_flags);


--
-- Name: articles_gone; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_gone ON public.articles USING btree (gone_at) WHERE (gone_at IS NOT NULL);


--
-- Name: articles_language; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_language ON public.articles USING btree (COALESCE(language, ''::text));


--
-- Name: articles_moment; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_moment ON public.articles USING btree (public.published_moment(published_at, published_precision, first_seen_at));


--
-- Name: articles_place; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_place ON public.articles USING btree (lower(dateline_place), published_at) WHERE (dateline_place IS NOT NULL);


--
-- Name: articles_published; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_published ON public.articles USING btree (published_at);


--
-- Name: articles_search_facets; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_search_facets ON public.articles USING gin (search, public.article_headline(language, title), public.article_facets(source_id, agency, dateline_place, published_at, quality_flags, kind)) WITH (fastupdate=off);


--
-- Name: articles_source_published; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_source_published ON public.articles USING btree (source_id, published_at);


--
-- Name: articles_tags; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX articles_tags ON public.articles USING gin (tags);


--
-- Name: captures_expired; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX captures_expired ON public.captures USING btree (warc_file) WHERE ((expired_at IS NOT NULL) AND (warc_file IS NOT NULL));


--
-- Name: captures_file; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX captures_file ON public.captures USING btree (warc_file, warc_offset) WHERE (warc_file IS NOT NULL);


--
-- Name: captures_page; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX captures_page ON public.captures USING btree (page_id, fetched_at DESC);


--
-- Name: captures_refers_to; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX captures_refers_to ON public.captures USING btree (refers_to) WHERE (refers_to IS NOT NULL);


--
-- Name: cluster_articles_cluster; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX cluster_articles_cluster ON public.cluster_articles USING btree (cluster_id);


--
-- Name: clusters_first_article; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX clusters_first_article ON public.clusters USING btree (first_article_id);


--
-- Name: clusters_outlets; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX clusters_outlets ON public.clusters USING btree (outlets);


--
-- Name: clusters_published; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX clusters_published ON public.clusters USING btree (first_published_at);


--
-- Name: fetches_capture; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fetches_capture ON ONLY public.fetches USING btree (capture_id) WHERE (capture_id IS NOT NULL);


--
-- Name: fetches_default_capture; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fetches_default_capture ON public.fetches_default USING btree (capture_id) WHERE (capture_id IS NOT NULL);


--
-- Name: fetches_page; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fetches_page ON ONLY public.fetches USING btree (page_id, at DESC) WHERE (page_id IS NOT NULL);


--
-- Name: fetches_default_page; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fetches_default_page ON public.fetches_default USING btree (page_id, at DESC) WHERE (page_id IS NOT NULL);


--
-- Name: fetches_run; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fetches_run ON ONLY public.fetches USING btree (run_id);


--
-- Name: fetches_default_run; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX fetches_default_run ON public.fetches_default USING btree (run_id);


--
-- Name: pages_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pages_due ON public.pages USING btree (source_id, due_at, id) WHERE (due_at IS NOT NULL);


--
-- Name: pages_leased; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pages_leased ON public.pages USING btree (leased_by) WHERE (leased_by IS NOT NULL);


--
-- Name: quarantine_capture; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX quarantine_capture ON public.quarantine USING btree (capture_id);


--
-- Name: quarantine_held; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX quarantine_held ON public.quarantine USING btree (source_id) WHERE ((held_for IS NOT NULL) AND (released_at IS NULL));


--
-- Name: quarantine_page; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX quarantine_page ON public.quarantine USING btree (page_id, at DESC);


--
-- Name: quarantine_run; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX quarantine_run ON public.quarantine USING btree (run_id) WHERE (held_for IS NOT NULL);


--
-- Name: revisions_capture; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX revisions_capture ON public.revisions USING btree (capture_id);


--
-- Name: revisions_replaced; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX revisions_replaced ON public.revisions USING btree (replaced_at);


--
-- Name: runs_running; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_running ON public.runs USING btree (source_id) WHERE (outcome = 'running'::text);


--
-- Name: runs_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_source ON public.runs USING btree (source_id, started_at DESC);


--
-- Name: tombstone_key_one; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tombstone_key_one ON public.tombstone_key USING btree ((true));


--
-- Name: tombstones_authors; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tombstones_authors ON public.tombstones USING btree (kind) WHERE (kind = 'author'::text);


--
-- Name: tombstones_forgetting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tombstones_forgetting ON public.tombstones USING btree (forgetting_id);


--
-- Name: fetches_default_capture; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.fetches_capture ATTACH PARTITION public.fetches_default_capture;


--
-- Name: fetches_default_page; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.fetches_page ATTACH PARTITION public.fetches_default_page;


--
-- Name: fetches_default_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.fetches_pkey ATTACH PARTITION public.fetches_default_pkey;


--
-- Name: fetches_default_run; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.fetches_run ATTACH PARTITION public.fetches_default_run;


--
-- Name: articles articles_leave_clusters; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER articles_leave_clusters AFTER DELETE ON public.articles REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.leave_clusters();


--
-- Name: TRIGGER articles_leave_clusters ON articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TRIGGER articles_leave_clusters ON public.articles IS 'A cluster does not outlive its articles.';


--
-- Name: articles articles_note_change; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER articles_note_change BEFORE UPDATE ON public.articles FOR EACH ROW WHEN (((((((((((((((((((((((((((((((((((old.source_id IS DISTINCT FROM new.source_id) OR (old.url IS DISTINCT FROM new.url)) OR (old.canonical_url IS DISTINCT FROM new.canonical_url)) OR (old.title IS DISTINCT FROM new.title)) OR (old.text IS DISTINCT FROM new.text)) OR (old.excerpt IS DISTINCT FROM new.excerpt)) OR (old.authors IS DISTINCT FROM new.authors)) OR (old.agency IS DISTINCT FROM new.agency)) OR (old.dateline_place IS DISTINCT FROM new.dateline_place)) OR (old.dateline_date IS DISTINCT FROM new.dateline_date)) OR (old.published_at IS DISTINCT FROM new.published_at)) OR (old.published_precision IS DISTINCT FROM new.published_precision)) OR (old.published_origin IS DISTINCT FROM new.published_origin)) OR (old.date_witnesses IS DISTINCT FROM new.date_witnesses)) OR (old.modified_at IS DISTINCT FROM new.modified_at)) OR (old.language IS DISTINCT FROM new.language)) OR (old.section IS DISTINCT FROM new.section)) OR (old.tags IS DISTINCT FROM new.tags)) OR (old.image_url IS DISTINCT FROM new.image_url)) OR (old.site_name IS DISTINCT FROM new.site_name)) OR (old.word_count IS DISTINCT FROM new.word_count)) OR (old.kind IS DISTINCT FROM new.kind)) OR (old.paywalled IS DISTINCT FROM new.paywalled)) OR (old.quality_flags IS DISTINCT FROM new.quality_flags)) OR (old.removed IS DISTINCT FROM new.removed)) OR (old.opt_outs IS DISTINCT FROM new.opt_outs)) OR (old.license_url IS DISTINCT FROM new.license_url)) OR (old.content_sha256 IS DISTINCT FROM new.content_sha256)) OR (old.revision_count IS DISTINCT FROM new.revision_count)) OR (old.cluster_id IS DISTINCT FROM new.cluster_id)) OR (old.first_seen_at IS DISTINCT FROM new.first_seen_at)) OR (old.changed_at IS DISTINCT FROM new.changed_at)) OR (old.gone_at IS DISTINCT FROM new.gone_at)) OR (old.extractor IS DISTINCT FROM new.extractor))) EXECUTE FUNCTION public.note_change();


--
-- Name: TRIGGER articles_note_change ON articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TRIGGER articles_note_change ON public.articles IS 'Notes the transaction of a change.';


--
-- Name: articles articles_note_first_words; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER articles_note_first_words BEFORE INSERT ON public.articles FOR EACH ROW EXECUTE FUNCTION public.note_words();

ALTER TABLE public.articles ENABLE ALWAYS TRIGGER articles_note_first_words;


--
-- Name: TRIGGER articles_note_first_words ON articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TRIGGER articles_note_first_words ON public.articles IS 'Makes the search vector of a new article.';


--
-- Name: articles articles_note_words; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER articles_note_words BEFORE UPDATE ON public.articles FOR EACH ROW WHEN ((((old.language IS DISTINCT FROM new.language) OR (old.title IS DISTINCT FROM new.title)) OR (old.text IS DISTINCT FROM new.text))) EXECUTE FUNCTION public.note_words();

ALTER TABLE public.articles ENABLE ALWAYS TRIGGER articles_note_words;


--
-- Name: TRIGGER articles_note_words ON articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TRIGGER articles_note_words ON public.articles IS 'Makes the search vector again when an article says something else.';


--
-- Name: articles articles_queue_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER articles_queue_changed AFTER UPDATE ON public.articles FOR EACH ROW WHEN (((((((old.text IS DISTINCT FROM new.text) OR (old.source_id IS DISTINCT FROM new.source_id)) OR (old.agency IS DISTINCT FROM new.agency)) OR (old.published_at IS DISTINCT FROM new.published_at)) OR (old.published_precision IS DISTINCT FROM new.published_precision)) OR (old.first_seen_at IS DISTINCT FROM new.first_seen_at))) EXECUTE FUNCTION public.queue_for_clusters();


--
-- Name: TRIGGER articles_queue_changed ON articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TRIGGER articles_queue_changed ON public.articles IS 'Queues an article again when what decides its cluster, or its place in that, has changed.';


--
-- Name: articles articles_queue_new; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER articles_queue_new AFTER INSERT ON public.articles FOR EACH ROW EXECUTE FUNCTION public.queue_for_clusters();


--
-- Name: TRIGGER articles_queue_new ON articles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TRIGGER articles_queue_new ON public.articles IS 'Queues a new article.';


--
-- Name: alerts alerts_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: articles articles_capture_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_capture_id_fkey FOREIGN KEY (capture_id) REFERENCES public.captures(id);


--
-- Name: articles articles_page_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_page_id_fkey FOREIGN KEY (page_id) REFERENCES public.pages(id);


--
-- Name: articles articles_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);


--
-- Name: articles articles_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: captures captures_page_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.captures
    ADD CONSTRAINT captures_page_id_fkey FOREIGN KEY (page_id) REFERENCES public.pages(id);


--
-- Name: captures captures_refers_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.captures
    ADD CONSTRAINT captures_refers_to_fkey FOREIGN KEY (refers_to) REFERENCES public.captures(id);


--
-- Name: captures captures_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.captures
    ADD CONSTRAINT captures_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);


--
-- Name: cluster_articles cluster_articles_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cluster_articles
    ADD CONSTRAINT cluster_articles_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;


--
-- Name: cluster_articles cluster_articles_cluster_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cluster_articles
    ADD CONSTRAINT cluster_articles_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES public.clusters(id);


--
-- Name: clusters clusters_first_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.clusters
    ADD CONSTRAINT clusters_first_article_id_fkey FOREIGN KEY (first_article_id) REFERENCES public.articles(id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: endpoints endpoints_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.endpoints(id);


--
-- Name: endpoints endpoints_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: fetches fetches_capture_id_fkey1; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE public.fetches
    ADD CONSTRAINT fetches_capture_id_fkey1 FOREIGN KEY (capture_id) REFERENCES public.captures(id);


--
-- Name: fetches fetches_endpoint_id_fkey1; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE public.fetches
    ADD CONSTRAINT fetches_endpoint_id_fkey1 FOREIGN KEY (endpoint_id) REFERENCES public.endpoints(id);


--
-- Name: fetches fetches_page_id_fkey1; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE public.fetches
    ADD CONSTRAINT fetches_page_id_fkey1 FOREIGN KEY (page_id) REFERENCES public.pages(id);


--
-- Name: fetches fetches_run_id_fkey1; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE public.fetches
    ADD CONSTRAINT fetches_run_id_fkey1 FOREIGN KEY (run_id) REFERENCES public.runs(id);


--
-- Name: forgettings forgettings_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.forgettings
    ADD CONSTRAINT forgettings_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: pages pages_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pages_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES public.endpoints(id);


--
-- Name: pages pages_leased_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pages_leased_by_fkey FOREIGN KEY (leased_by) REFERENCES public.runs(id);


--
-- Name: pages pages_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pages_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: quarantine quarantine_capture_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_capture_id_fkey FOREIGN KEY (capture_id) REFERENCES public.captures(id);


--
-- Name: quarantine quarantine_page_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_page_id_fkey FOREIGN KEY (page_id) REFERENCES public.pages(id);


--
-- Name: quarantine quarantine_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);


--
-- Name: quarantine quarantine_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: revisions revisions_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;


--
-- Name: revisions revisions_capture_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_capture_id_fkey FOREIGN KEY (capture_id) REFERENCES public.captures(id);


--
-- Name: revisions revisions_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);


--
-- Name: runs runs_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: sketches sketches_article_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sketches
    ADD CONSTRAINT sketches_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;


--
-- Name: source_days source_days_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source_days
    ADD CONSTRAINT source_days_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: source_states source_states_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source_states
    ADD CONSTRAINT source_states_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id);


--
-- Name: tombstones tombstones_forgetting_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_forgetting_id_fkey FOREIGN KEY (forgetting_id) REFERENCES public.forgettings(id);


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA public TO dateline_reader;
GRANT USAGE ON SCHEMA public TO dateline_writer;


--
-- Name: TABLE articles; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.articles TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.articles TO dateline_writer;


--
-- Name: TABLE tombstone_key; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tombstone_key TO dateline_writer;


--
-- Name: TABLE forgettings; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.forgettings TO dateline_writer;


--
-- Name: TABLE tombstones; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tombstones TO dateline_writer;


--
-- Name: TABLE gates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.gates TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gates TO dateline_writer;


--
-- Name: TABLE alerts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.alerts TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alerts TO dateline_writer;


--
-- Name: TABLE revisions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.revisions TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.revisions TO dateline_writer;


--
-- Name: TABLE article_versions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.article_versions TO dateline_reader;
GRANT SELECT ON TABLE public.article_versions TO dateline_writer;


--
-- Name: TABLE captures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.captures TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.captures TO dateline_writer;


--
-- Name: TABLE cluster_articles; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.cluster_articles TO dateline_reader;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.cluster_articles TO dateline_writer;


--
-- Name: TABLE cluster_queue; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cluster_queue TO dateline_writer;


--
-- Name: TABLE clusters; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.clusters TO dateline_reader;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.clusters TO dateline_writer;


--
-- Name: TABLE endpoints; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.endpoints TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.endpoints TO dateline_writer;


--
-- Name: TABLE fetches; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.fetches TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fetches TO dateline_writer;


--
-- Name: TABLE fingerprints; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.fingerprints TO dateline_writer;


--
-- Name: TABLE sources; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.sources TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sources TO dateline_writer;


--
-- Name: TABLE first_publishers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.first_publishers TO dateline_reader;
GRANT SELECT ON TABLE public.first_publishers TO dateline_writer;


--
-- Name: TABLE hosts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hosts TO dateline_writer;


--
-- Name: TABLE pages; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.pages TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pages TO dateline_writer;


--
-- Name: TABLE quarantine; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.quarantine TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quarantine TO dateline_writer;


--
-- Name: TABLE quarantined; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.quarantined TO dateline_reader;
GRANT SELECT ON TABLE public.quarantined TO dateline_writer;


--
-- Name: TABLE revision_pairs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.revision_pairs TO dateline_reader;
GRANT SELECT ON TABLE public.revision_pairs TO dateline_writer;


--
-- Name: TABLE runs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.runs TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.runs TO dateline_writer;


--
-- Name: TABLE schema_migrations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.schema_migrations TO dateline_reader;
GRANT SELECT ON TABLE public.schema_migrations TO dateline_writer;


--
-- Name: TABLE site_rules; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.site_rules TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.site_rules TO dateline_writer;


--
-- Name: TABLE sketches; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.sketches TO dateline_writer;


--
-- Name: TABLE source_days; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.source_days TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.source_days TO dateline_writer;


--
-- Name: TABLE source_states; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.source_states TO dateline_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.source_states TO dateline_writer;


--
-- Name: TABLE source_health; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.source_health TO dateline_reader;
GRANT SELECT ON TABLE public.source_health TO dateline_writer;


--
-- Name: TABLE stories; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.stories TO dateline_reader;
GRANT SELECT ON TABLE public.stories TO dateline_writer;


--
-- Name: TABLE text_sketches; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.text_sketches TO dateline_writer;


--
-- Name: TABLE wire_spread; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.wire_spread TO dateline_reader;
GRANT SELECT ON TABLE public.wire_spread TO dateline_writer;


--
-- PostgreSQL database dump complete
--

\unrestrict dateline

