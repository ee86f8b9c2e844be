-- 004: what the Tracker page and verification read at once: last sightings, counts of an hour, states mapped to nothing, whom an item names.

-- The shop's software, as the merchant chose it: which guide and which states are proposed. No rule reads it.
alter table shop add column platform text;

-- Sent with the shop's `test_` pair: shown in verification only, gone after 7 days (rules §6.6).
alter table journal add column test boolean not null default false;
create index journal_kind on journal (shop_id, kind, received_at, seq);
create index journal_trouble on journal (shop_id, outcome, received_at, seq) where outcome <> 'applied';
create index journal_test on journal (shop_id, received_at) where test;

-- Keyed hash of each identifier an item names (e-mail, external id, order, token): finds a person's or an order's rows.
create table journal_subject (
  shop_id int not null,
  subject int8 not null,
  received_at timestamptz not null,
  seq int8 not null,
  primary key (shop_id, subject, received_at, seq)
) partition by range (received_at);

create or replace function ensure_journal_day(day date) returns void
  language plpgsql security definer set search_path = public
as $$
declare
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_journal_day'));
  foreach parent in array array['journal', 'journal_raw', 'journal_unread', 'journal_subject'] loop
    part := parent || '_' || to_char(day, 'YYYYMMDD');
    if to_regclass(part) is null then
      execute format('create table %I partition of %I for values from (%L) to (%L)',
        part, parent, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    end if;
  end loop;
end
$$;

create or replace function drop_journal_days(today date, raw_days int, unread_days int, journal_days int) returns int
  language plpgsql security definer set search_path = public
as $$
declare
  part record;
  dropped int := 0;
begin
  for part in
    select c.relname, p.relname as parent
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent
    where p.relname in ('journal', 'journal_raw', 'journal_unread', 'journal_subject') and c.relkind = 'r'
  loop
    if to_date(right(part.relname, 8), 'YYYYMMDD') < today - (case part.parent
        when 'journal_raw' then raw_days when 'journal_unread' then unread_days else journal_days end) then
      execute format('drop table %I', part.relname);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end
$$;

-- Days that are open already get their partition of subjects.
select ensure_journal_day(to_date(right(c.relname, 8), 'YYYYMMDD'))
from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
where p.relname = 'journal' and c.relkind = 'r';

-- The check-list: when each kind of thing was last seen, in real traffic and in tests.
create table sighting (
  shop_id int not null,
  what text not null,
  last_at timestamptz,
  test_at timestamptz,
  primary key (shop_id, what)
) with (fillfactor = 50);

-- Items of an hour by outcome; with reason '' all of them, with a reason those that carry it.
create table arrival_hour (
  shop_id int not null,
  hour timestamptz not null,
  outcome text not null,
  reason text not null,
  n int8 not null,
  last_at timestamptz not null,
  primary key (shop_id, hour, outcome, reason)
) with (fillfactor = 50);

-- Order states that came and were mapped to nothing (rules §3.2).
create table unmapped_state (
  shop_id int not null,
  source text not null,
  code text not null,
  n int8 not null,
  last_at timestamptz not null,
  primary key (shop_id, source, code)
);

-- A person may stop the re-decision of the orders, and go on later.
alter table redecide add column started_at timestamptz not null default now();
alter table redecide add column paused boolean not null default false;

grant select, insert, update, delete on journal_subject, sighting, arrival_hour, unmapped_state to :APP_ROLE;
