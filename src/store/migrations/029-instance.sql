-- 029: alarms that stand, when each job last ran, and shops that are closed or being deleted.

-- An alarm that came true and is not over: told once by mail, when it began.
create table alarm (
  shop_id int not null,
  kind text not null check (kind in ('silent', 'errors', 'old_key')),
  since timestamptz not null,
  -- Hours, percent or calls, as the mail said.
  figure int not null,
  primary key (shop_id, kind)
);

-- The last run of each job of the worker.
create table job_run (
  name text primary key,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  -- Name of the error; null: it went well.
  fault text,
  failed_at timestamptz
);

alter table shop
  -- Its keys open nothing any more; people still see it.
  add column closed_at timestamptz,
  -- A job takes it apart; nobody sees it any more.
  add column deleting_at timestamptz;

-- Takes a shop apart that is being deleted: rows of it in any table or partition, history and audit too, at most `most` a call.
-- Answers how many went; 0 when nothing but the shop itself is left.
create function delete_shop_rows(shop int, most int) returns int
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  place record;
  gone int;
begin
  if not exists (select from shop s where s.id = delete_shop_rows.shop and s.deleting_at is not null) then
    raise exception 'shop % is not being deleted', delete_shop_rows.shop;
  end if;
  for place in
    select c.oid::regclass as name, a.attname as col
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('shop_id', 'of_shop') and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    order by c.relname
  loop
    execute format(
      'delete from %s where ctid = any (array(select ctid from %s where %I = $1 limit $2)) and %I = $1',
      place.name, place.name, place.col, place.col) using shop, most;
    get diagnostics gone = row_count;
    if gone > 0 then return gone; end if;
  end loop;
  return 0;
end
$$;

-- Retention of the audit log, of all shops and of the installation.
create function forget_audit(before timestamptz, most int) returns int
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  gone int;
begin
  delete from audit where id = any (array(select id from audit where at < before order by id limit most));
  get diagnostics gone = row_count;
  return gone;
end
$$;

grant select, insert, update, delete on alarm, job_run to :APP_ROLE;
revoke all on function delete_shop_rows, forget_audit from public;
grant execute on function delete_shop_rows, forget_audit to :APP_ROLE;
