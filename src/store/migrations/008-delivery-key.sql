-- 008: keys of what was delivered, so that the same event sent twice is applied once (rules §6.9).

-- Written by the transaction that decides the item; kept 35 days.
create table delivery_key (
  shop_id int not null,
  key text not null,
  seq int8 not null,
  received_at timestamptz not null,
  primary key (shop_id, key)
);
create index delivery_key_received on delivery_key using brin (received_at);

grant select, insert, update, delete on delivery_key to :APP_ROLE;
