-- online
-- What was stored before there was a queue is assigned to its cluster too: every article that neither waits nor has been.

do $$
declare
    after bigint := 0;
    until bigint;
begin
    loop
        select max(id) into until from (select id from articles where id > after order by id limit 10000) a;
        exit when until is null;
        insert into cluster_queue (article_id)
        select id from articles a
        where id > after and id <= until
            and not exists (select from text_sketches s where s.article_id = a.id)
            and not exists (select from cluster_queue q where q.article_id = a.id);
        after := until;
        commit;
    end loop;
end
$$;
