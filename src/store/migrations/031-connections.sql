-- 031: stores that are connected to a shop: where they deliver, what signs it, how it goes, and their API for pulls.

create table connection (
  shop_id int not null,
  id int not null generated always as identity,
  -- the last part of the address a store delivers to; random, looked up in memory
  source text not null,
  platform text not null,
  -- the namespace of its ids and orders (rules §2.1)
  store text not null,
  name text not null,
  -- sealed; after a rotation the old one signs too, until its time
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz,
  -- where the store answers, and the sealed credentials of its API; null: it is not asked
  address text,
  credentials bytea,
  created_at timestamptz not null,
  created_by text not null,
  -- said by the store itself: what it lacks, or that it is gone
  fault text,
  fault_at timestamptz,
  primary key (shop_id, id)
);

-- How deliveries went, counted by web processes; a row a UTC day.
create table connection_day (
  shop_id int not null,
  connection_id int not null,
  day date not null,
  received int8 not null default 0,
  refused int8 not null default 0,
  pings int8 not null default 0,
  last_at timestamptz,
  last_topic text,
  -- from what happened in the store to its arrival
  last_lag_ms int8,
  refused_at timestamptz,
  refused_why text,
  primary key (shop_id, connection_id, day)
);

grant select, insert, update, delete on connection, connection_day to :APP_ROLE;
