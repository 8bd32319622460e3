-- A page that was no story is read again by newer extractors, once by each.

alter table captures add no_story_by text;
comment on column captures.no_story_by is 'Version of the extractor that read it last and found no story in it; null: it found one, or none has said.';
