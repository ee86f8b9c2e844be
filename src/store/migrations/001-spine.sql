-- 001: shops, intake, journal, profiles, orders and bases: everything one order needs from the door to the screen.

create table shop (
  id int primary key generated always as identity,
  name text not null,
  created_at timestamptz not null default now(),
  installed_at timestamptz,
  demo boolean not null default false
);

-- A pair of keys. The private one is kept twice: a keyed hash to compare, and sealed for the people who may see it again.
create table shop_key (
  id int primary key generated always as identity,
  shop_id int not null references shop (id),
  name text not null,
  public_key text not null unique,
  private_hash bytea not null,
  private_sealed bytea not null,
  may_write boolean not null default true,
  may_read boolean not null default true,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index shop_key_shop on shop_key (shop_id);

-- Settings that rules read, one row a version; version 1 is written with the shop, later ones only by apply.
create table shop_settings (
  shop_id int not null,
  version int not null,
  since_seq int8 not null,
  changed_at timestamptz not null,
  changed_by text,
  body jsonb not null,
  primary key (shop_id, version)
);

-- Settings no rule reads.
create table instance (
  key text primary key,
  value jsonb not null
);

-- ---------------------------------------------------------------- intake

-- One row per micro-batch and shard; deleted by the transaction that applies it.
create table intake (
  shard smallint not null,
  batch_id int8 not null,
  lane smallint not null default 0,
  received_at timestamptz not null,
  n int not null,
  body bytea not null,
  primary key (shard, lane, batch_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
alter table intake alter column body set storage external;

-- Micro-batches already applied, so that a replayed spool changes nothing. Kept 35 days.
create table intake_applied (
  shard smallint not null,
  batch_id int8 not null,
  applied_at timestamptz not null default now(),
  primary key (shard, batch_id)
);

-- Leases of the numbers that make batch ids unique between web processes.
create table web_instance (
  number int primary key,
  leased_until timestamptz not null,
  holder text not null
);

-- Items that failed through our fault: bytes kept, retried with back-off.
create table parked (
  shop_id int not null,
  seq int8 not null,
  shard smallint not null,
  received_at timestamptz not null,
  envelope bytea not null,
  error text not null,
  attempts int not null default 1,
  next_try_at timestamptz not null,
  primary key (shop_id, seq)
);
create index parked_due on parked (shard, next_try_at);

-- Browser items ignored for the host of their page: replayed when the host is allowed (rules §6.2).
create table held_origin (
  shop_id int not null,
  host text not null,
  seq int8 not null,
  received_at timestamptz not null,
  primary key (shop_id, host, seq)
);

-- Hosts whose pages spoke for the shop, so that the merchant can allow them.
create table page_host (
  shop_id int not null,
  host text not null,
  first_seen timestamptz not null,
  primary key (shop_id, host)
);

-- ---------------------------------------------------------------- journal: one row per thing received, a partition a day

create table journal (
  shop_id int not null,
  received_at timestamptz not null,
  seq int8 not null,
  source text not null,
  format text not null,
  kind text,
  facts json,
  outcome text not null,
  reasons text[] not null default '{}',
  effects json,
  profile_id int8,
  order_id int8,
  settings_version int,
  primary key (shop_id, received_at, seq)
) partition by range (received_at);

create table journal_raw (
  shop_id int not null,
  received_at timestamptz not null,
  seq int8 not null,
  headers json,
  raw bytea not null,
  primary key (shop_id, received_at, seq)
) partition by range (received_at);

-- Bytes no decoder could read: a shorter life than the rest.
create table journal_unread (
  shop_id int not null,
  received_at timestamptz not null,
  seq int8 not null,
  headers json,
  raw bytea not null,
  primary key (shop_id, received_at, seq)
) partition by range (received_at);

-- Partitions are made by the owner on behalf of the application role, a UTC day each.
create function ensure_journal_day(day date) returns void
  language plpgsql security definer set search_path = public
as $$
declare
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_journal_day'));
  foreach parent in array array['journal', 'journal_raw', 'journal_unread'] loop
    part := parent || '_' || to_char(day, 'YYYYMMDD');
    if to_regclass(part) is null then
      execute format('create table %I partition of %I for values from (%L) to (%L)',
        part, parent, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    end if;
  end loop;
end
$$;

-- Drops whole days: raw bytes after `raw_days`, unread ones after `unread_days`, facts and outcomes after `journal_days`.
create function drop_journal_days(today date, raw_days int, unread_days int, journal_days int) returns int
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
    where p.relname in ('journal', 'journal_raw', 'journal_unread')
  loop
    if to_date(right(part.relname, 8), 'YYYYMMDD') < today - (case part.parent
        when 'journal' then journal_days when 'journal_raw' then raw_days else unread_days end) then
      execute format('drop table %I', part.relname);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end
$$;

-- ---------------------------------------------------------------- profiles

create sequence profile_id increment by 1000;
create sequence order_id increment by 1000;

create table profile (
  shop_id int not null,
  id int8 not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_seen timestamptz not null,
  subject_key uuid not null,
  -- the current address: as received, in its normal form, and whether only browsers stated it (1) or a server did (2)
  email text,
  email_norm text,
  email_rank smallint not null default 0,
  email_at timestamptz,
  name text,
  firstname text,
  birthday text,
  gender text,
  address text,
  address2 text,
  address3 text,
  zip text,
  city text,
  country text,
  phone text,
  phone_e164 text,
  mobile text,
  mobile_e164 text,
  job text,
  company text,
  lang text,
  customer_group text,
  tags text[] not null default '{}',
  custom jsonb not null default '{}',
  -- per field: [rank, own time in ms]
  stated json not null default '{}',
  -- per channel and series: [value, first and last own time in ms, live] of the newest run of equal opt-in records
  records json not null default '{}',
  account_at timestamptz,
  merged_into int8,
  primary key (shop_id, id)
) with (fillfactor = 85);
create index profile_email on profile (shop_id, email_norm) where email_norm is not null;
create index profile_mobile on profile (shop_id, mobile_e164) where mobile_e164 is not null;
create index profile_phone on profile (shop_id, phone_e164) where phone_e164 is not null;
create index profile_created on profile (shop_id, created_at, id);

-- External ids (kind `external`), and former e-mails (kind `email`, with the time they were left).
create table profile_identifier (
  shop_id int not null,
  kind text not null,
  namespace text not null,
  value text not null,
  profile_id int8 not null,
  rank smallint not null,
  since timestamptz not null,
  until timestamptz,
  primary key (shop_id, kind, value, namespace, profile_id)
);
create index profile_identifier_profile on profile_identifier (shop_id, profile_id);

create table visitor_token (
  shop_id int not null,
  token text not null,
  profile_id int8 not null,
  verified boolean not null,
  bound_at timestamptz not null,
  primary key (shop_id, token)
);
create index visitor_token_profile on visitor_token (shop_id, profile_id);

-- "No more marketing" by keyed hash of an address; beats every basis (rules §7).
create table objection (
  shop_id int not null,
  address_hash bytea not null,
  channel text not null,
  since timestamptz not null,
  cause text not null,
  lifted_at timestamptz,
  primary key (shop_id, address_hash, channel)
);

-- Refusals that named an address, by its keyed hash: whoever comes to hold it inherits them (rules §2.5).
create table address_refusal (
  shop_id int not null,
  address_hash bytea not null,
  basis_id int not null,
  at timestamptz not null,
  personal boolean not null,
  primary key (shop_id, address_hash, basis_id)
);

-- ---------------------------------------------------------------- orders

create table orders (
  shop_id int not null,
  id int8 not null,
  namespace text not null,
  key text not null,
  number text,
  profile_id int8,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  placed_at timestamptz not null,
  day date not null,
  currency text not null,
  total_minor int8 not null default 0,
  net_minor int8 not null default 0,
  refunded_minor int8 not null default 0,
  payment text not null default 'none',
  fulfilment text not null default 'none',
  cancelled boolean not null default false,
  legacy_state smallint not null,
  validated boolean not null,
  validated_at timestamptz,
  is_new boolean not null default false,
  contact_email text,
  invoice_number text,
  service_start text,
  service_end text,
  tags text[] not null default '{}',
  attributes json,
  items json,
  -- what each rank stated about each field, enough to place a late statement (domain/order.ts)
  stated json not null,
  -- owners whose uplift by this order has fired
  uplifted int8[] not null default '{}',
  primary key (shop_id, id)
) with (fillfactor = 85);
create unique index orders_key on orders (shop_id, namespace, key);
create index orders_number on orders (shop_id, number) where number is not null;
create index orders_profile on orders (shop_id, profile_id) where profile_id is not null;
create index orders_placed on orders (shop_id, placed_at, id);
create index orders_created on orders (shop_id, created_at, id);

create table order_state_history (
  shop_id int not null,
  order_id int8 not null,
  seq int8 not null,
  n smallint not null,
  at timestamptz not null,
  arrived_at timestamptz not null,
  source text not null,
  payment text not null,
  fulfilment text not null,
  cancelled boolean not null,
  legacy_state smallint not null,
  primary key (shop_id, order_id, seq, n)
);

-- Shops whose orders are being re-decided after a change of settings (rules §3.5), and how far it has come.
create table redecide (
  shop_id int primary key,
  after_id int8 not null,
  total int8 not null,
  done int8 not null
);

-- ---------------------------------------------------------------- bases

-- Every act, also those that changed nothing; `profile_basis` is their fold.
create table basis_act (
  shop_id int not null,
  profile_id int8 not null,
  seq int8 not null,
  n smallint not null,
  basis_id int not null,
  at timestamptz not null,
  arrived_at timestamptz not null,
  kind text not null,
  toward text not null,
  cause text not null,
  source text not null,
  -- for records: what the flag is about, and the series it is compared with
  channel text,
  series text,
  order_id int8,
  flags json,
  void boolean not null default false,
  primary key (shop_id, profile_id, seq, n)
);

create table profile_basis (
  shop_id int not null,
  profile_id int8 not null,
  basis_id int not null,
  status text not null,
  since timestamptz,
  changed_at timestamptz not null,
  activity_at timestamptz,
  -- the standing (domain/basis.ts): enough for an act that comes in order
  fold json not null,
  primary key (shop_id, profile_id, basis_id)
) with (fillfactor = 85);
create index profile_basis_status on profile_basis (shop_id, basis_id, status);

-- The proof: one row per change, never changed. No address, name, IP or page.
create table basis_history (
  shop_id int not null,
  profile_id int8 not null,
  basis_id int not null,
  seq int8 not null,
  n smallint not null,
  from_status text not null,
  to_status text not null,
  cause text not null,
  source text not null,
  at timestamptz not null,
  arrived_at timestamptz not null,
  settings_version int not null,
  channels text[] not null,
  subject_key uuid not null,
  written_reason text,
  primary key (shop_id, profile_id, basis_id, seq, n)
);

grant usage on schema public to :APP_ROLE;
grant select, insert, update, delete on all tables in schema public to :APP_ROLE;
grant usage on all sequences in schema public to :APP_ROLE;
revoke update, delete on basis_history, order_state_history from :APP_ROLE;
revoke all on function ensure_journal_day, drop_journal_days from public;
grant execute on function ensure_journal_day, drop_journal_days to :APP_ROLE;
