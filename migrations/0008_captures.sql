-- Captures end, by retention or by wish; and a visit that met a body again is a capture without one.

alter table captures
    add kind text not null default 'response',
    add refers_to bigint references captures,
    add body_sha1 bytea,
    add expired_at timestamptz,
    alter warc_file drop not null,
    alter warc_offset drop not null,
    alter warc_length drop not null;
-- Not valid: that would read the table; 0018 does it online.
alter table captures
    add constraint captures_kind_check check (kind in ('response', 'server_not_modified', 'identical_payload')) not valid,
    add constraint captures_refers_to_check check ((refers_to is null) = (kind = 'response')) not valid,
    add constraint captures_body_sha1_check check (length(body_sha1) = 20) not valid,
    add constraint captures_place_check check (warc_file is not null or expired_at is not null) not valid;
comment on table captures is 'Answers kept byte for byte: where each lies in the WARC files.';
comment on column captures.status is 'HTTP status; 304 where the site said that nothing changed.';
comment on column captures.kind is 'response: the answer with its body; without a body: server_not_modified (a site''s 304), identical_payload (the bytes of the visit before again).';
comment on column captures.refers_to is 'The capture that has the body, of the same page; null for a response.';
comment on column captures.body_sha256 is 'SHA-256 of the decoded body; where the record has none, of that of refers_to.';
comment on column captures.body_sha1 is 'SHA-1 of the same body, as in WARC-Payload-Digest; null in captures of early versions.';
comment on column captures.body_bytes is 'Length of that decoded body.';
comment on column captures.expired_at is 'When retention ended it, or someone did; its bytes go with the next dateline captures prune. Null: it is kept.';
comment on column captures.warc_file is 'Name of the WARC file, in the captures folder or store; null once the bytes of an expired capture are gone.';
comment on column captures.warc_offset is 'Byte offset of the record in that file; null as warc_file.';
comment on column captures.warc_length is 'Length of the compressed record, in bytes; null as warc_file.';
