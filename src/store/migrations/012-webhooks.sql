-- 012: webhooks of a shop, what is to be sent to them in which order, and each attempt.

-- Where a shop wants to be told of what happens. The secret is sealed; after a rotation the old one signs too, until its time.
create table webhook_endpoint (
  shop_id int not null,
  id int not null generated always as identity,
  name text not null,
  url text not null,
  kinds text[] not null,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz,
  created_at timestamptz not null,
  -- 'active', or 'paused' by people ('staff'), after three days without success ('failing'), or by the receiver's 410 ('gone')
  state text not null default 'active',
  paused_at timestamptz,
  paused_by text,
  -- failures in a row, since when, and no attempt before
  failures int not null default 0,
  failing_since timestamptz,
  next_try_at timestamptz,
  -- one process at a time sends to an endpoint
  leased_by text,
  leased_until timestamptz,
  primary key (shop_id, id)
);

-- One message for one endpoint. Those of a lane (a person, else an order) go one after the other, by id. Holds personal data.
create table webhook_delivery (
  shop_id int not null,
  id int8 not null generated always as identity,
  endpoint_id int not null,
  message_id text not null,
  kind text not null,
  lane int8 not null,
  profile_id int8,
  order_id int8,
  created_at timestamptz not null,
  body text not null,
  -- 'waiting', 'delivered', 'skipped' (by people)
  state text not null default 'waiting',
  attempts int not null default 0,
  -- since it waits or was resumed: what back-off and the three days count
  failures int not null default 0,
  first_tried_at timestamptz,
  next_try_at timestamptz not null,
  done_at timestamptz,
  -- this one repeats another, by hand
  replay boolean not null default false,
  primary key (shop_id, id)
);
create index webhook_delivery_due on webhook_delivery (shop_id, endpoint_id, next_try_at) where state = 'waiting';
create index webhook_delivery_lane on webhook_delivery (shop_id, endpoint_id, lane, id) where state = 'waiting';
create index webhook_delivery_log on webhook_delivery (shop_id, endpoint_id, state, id);
create index webhook_delivery_profile on webhook_delivery (shop_id, profile_id) where profile_id is not null;

-- What a receiver answered. Its words may quote the person.
create table webhook_attempt (
  shop_id int not null,
  delivery_id int8 not null,
  n int not null,
  at timestamptz not null,
  took_ms int not null,
  status int,
  failure text,
  answer text,
  primary key (shop_id, delivery_id, n)
);
alter table webhook_attempt add constraint webhook_attempt_delivery
  foreign key (shop_id, delivery_id) references webhook_delivery (shop_id, id) on delete cascade;

grant select, insert, update, delete on webhook_endpoint, webhook_delivery, webhook_attempt to :APP_ROLE;
