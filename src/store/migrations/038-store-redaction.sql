-- 038: a store asked that what it gave be erased (Shopify's shop/redact), and how far that went.

create table store_redaction (
  shop_id int not null,
  -- the namespace of its ids and orders
  store text not null,
  name text not null,
  asked_at timestamptz not null,
  -- the last profile that was looked at
  after_id int8 not null default 0,
  erased int8 not null default 0,
  kept int8 not null default 0,
  finished_at timestamptz,
  primary key (shop_id, store, asked_at)
);

grant select, insert, update, delete on store_redaction to :APP_ROLE;
