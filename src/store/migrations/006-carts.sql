-- 006: Carts (rules §3.8): one row a cart, which each statement about it replaces.
create table cart (
  shop_id int not null,
  -- what it is known by: `key:<namespace> <key>`, `profile:<id>` or `token:<visitor>`
  ref text not null,
  namespace text not null,
  key text,
  profile_id int8,
  token text,
  -- open, ordered, emptied or abandoned, and since when
  status text not null,
  since timestamptz not null,
  -- rank and own time of the statement that stands
  rank smallint not null,
  at timestamptz not null,
  -- an order named this very cart: nothing opens it again
  final boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  currency text,
  total_minor int8,
  count int8,
  items json,
  -- what else the shop said about it
  data json not null default '{}',
  order_id int8,
  primary key (shop_id, ref)
) with (fillfactor = 85);
create index cart_profile on cart (shop_id, profile_id) where profile_id is not null;
create index cart_token on cart (shop_id, token) where token is not null;
-- those the sweep asks for: who has not been touched for long
create index cart_open on cart (shop_id, at) where status = 'open';
-- those retention drops
create index cart_updated on cart (updated_at);

grant select, insert, update, delete on cart to :APP_ROLE;
