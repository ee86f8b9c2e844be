-- 020: how people speak for themselves: mails that ask for a confirmation, codes that open their page. Of every secret only a hash.

-- A status became (or was asked again to become) *to confirm*: written by the transaction that makes it true, taken by the job that mails.
create table confirmation_ask (
  shop_id int not null,
  profile_id int8 not null,
  basis_id int not null,
  asked_at timestamptz not null,
  primary key (shop_id, profile_id, basis_id)
);
create index confirmation_ask_age on confirmation_ask (asked_at);

-- A link that was mailed. The secret in it is kept as its hash; the address as its keyed hash, for limits and for a change of address.
create table confirmation (
  shop_id int not null,
  token_hash bytea not null,
  profile_id int8 not null,
  basis_id int not null,
  address_hash bytea not null,
  sent_at timestamptz not null,
  ends_at timestamptz not null,
  answered_at timestamptz,
  primary key (shop_id, token_hash)
);
create index confirmation_profile on confirmation (shop_id, profile_id, basis_id, sent_at);
create index confirmation_address on confirmation (shop_id, address_hash, sent_at);
create index confirmation_sent on confirmation (shop_id, sent_at);
create index profile_basis_waiting on profile_basis (shop_id, profile_id, basis_id) where status = 'to confirm';

-- Somebody asked for the page of an address, whether or not anybody here has it. Forgotten after a day.
create table person_access (
  shop_id int not null,
  id text not null,
  asked_at timestamptz not null,
  lang text not null,
  address_hash bytea not null,
  -- the address in its normal form, sealed
  address bytea not null,
  -- null: no code was made yet. For an address nobody has it is a hash of nothing.
  code_hash bytea,
  mailed boolean not null default false,
  tries smallint not null default 0,
  opened_at timestamptz,
  session_hash bytea,
  session_ends_at timestamptz,
  primary key (shop_id, id)
);
create index person_access_due on person_access (asked_at) where code_hash is null;
create index person_access_address on person_access (shop_id, address_hash, asked_at);

grant select, insert, update, delete on confirmation_ask, confirmation, person_access to :APP_ROLE;
