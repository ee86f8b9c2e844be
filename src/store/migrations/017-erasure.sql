-- 017: people erased: what they were known by, as keyed hashes, and where bytes are still to be searched for them.

-- Keyed hash of `email:<address>` or `external:<namespace> <id>`: who is stated under it before `erased_at` does not come back.
create table erased_key (
  shop_id int not null,
  key_hash bytea not null,
  erased_at timestamptz not null,
  primary key (shop_id, key_hash)
);

-- One row for each profile erased. `terms`: what undecodable bytes are searched for, sealed, gone once they were.
create table erasure (
  shop_id int not null,
  id int8 not null generated always as identity,
  profile_id int8 not null,
  erased_at timestamptz not null,
  source text not null,
  terms bytea,
  swept_at timestamptz,
  primary key (shop_id, id)
);
create index erasure_waiting on erasure (erased_at) where swept_at is null;

-- Messages about an order that belonged to nobody yet.
create index webhook_delivery_order on webhook_delivery (shop_id, order_id) where profile_id is null and order_id is not null;

grant select, insert, update, delete on erased_key, erasure to :APP_ROLE;
