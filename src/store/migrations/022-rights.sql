-- 022: what people ask about their data (access, rectification, erasure, objection): a queue with its deadline, and what was done about each.

create table rights_request (
  shop_id int not null,
  id int8 not null generated always as identity,
  kind text not null check (kind in ('access', 'rectification', 'erasure', 'objection')),
  state text not null check (state in ('open', 'verified', 'done', 'refused')),
  came_by text not null check (came_by in ('page', 'mail', 'letter', 'phone', 'desk', 'api')),
  received_at timestamptz not null,
  due_at timestamptz not null,
  extended_at timestamptz,
  lang text not null,
  -- Keyed hash of the address, and the address and what was asked, sealed; the sealed parts go at erasure.
  address_hash bytea not null,
  address_sealed bytea,
  note_sealed bytea,
  -- Of the mail that checks who asks: keyed hashes of its link and its code.
  link_hash bytea,
  code_hash bytea,
  code_until timestamptz,
  code_tries smallint not null default 0,
  code_sent smallint not null default 0,
  verified_at timestamptz,
  verified_how text check (verified_how in ('link', 'code', 'staff')),
  closed_at timestamptz,
  -- Why it was refused.
  refusal text,
  primary key (shop_id, id)
);
create index rights_request_due on rights_request (shop_id, due_at, id) where closed_at is null;
create index rights_request_closed on rights_request (shop_id, closed_at, id) where closed_at is not null;
create index rights_request_address on rights_request (shop_id, address_hash);
create index rights_request_link on rights_request (shop_id, link_hash) where link_hash is not null;

-- What was done, by whom, when: never changed, and without a datum of the person.
create table rights_step (
  shop_id int not null,
  request_id int8 not null,
  n int not null,
  at timestamptz not null,
  -- `staff:<user>`, `person`, `api`, `system`
  by text not null,
  what text not null,
  detail json,
  primary key (shop_id, request_id, n),
  foreign key (shop_id, request_id) references rights_request (shop_id, id) on delete cascade
);

grant select, insert, update, delete on rights_request to :APP_ROLE;
grant select, insert on rights_step to :APP_ROLE;
