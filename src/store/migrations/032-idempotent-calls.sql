-- 032: what calls that named an Idempotency-Key were answered, for a day.

create table idempotent_call (
  shop_id int not null,
  -- sha-256 of the key and of the body
  key bytea not null,
  body bytea not null,
  since timestamptz not null,
  -- null: under way
  answer text,
  primary key (shop_id, key)
);
create index idempotent_call_since on idempotent_call (shop_id, since);

grant select, insert, update, delete on idempotent_call to :APP_ROLE;
