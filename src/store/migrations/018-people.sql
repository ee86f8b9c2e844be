-- 018: invitations to shops, a second factor at sign-in, links that set a new password, and who wants which alarm.

-- Who was asked to join a shop. Only the hash of the link's secret is kept; the row goes when the invitation is taken or withdrawn.
create table shop_invitation (
  shop_id int not null references shop (id),
  id int8 not null generated always as identity,
  email text not null,
  role text not null check (role in ('administrator', 'user', 'developer', 'accountant', 'support')),
  lang text not null,
  token_hash bytea not null,
  invited_by text references app_user (id) on delete set null,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- The mail that carries the link, in outbox.
  mail_id text not null,
  primary key (shop_id, id),
  unique (shop_id, email)
);

-- The secret of a person's authenticator, under SECRET_KEY. Without confirmed_at it was shown and never used: it asks nothing yet.
create table second_factor (
  user_id text primary key references app_user (id) on delete cascade,
  secret bytea not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  -- The last time step whose code was used: no code works twice.
  last_step int8 not null default 0,
  failed int not null default 0,
  locked_until timestamptz
);

-- Codes for who lost the authenticator, as keyed hashes; a used one is deleted.
create table backup_code (
  user_id text not null references app_user (id) on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

-- A password or a link was right, the second factor is still to come.
create table sign_in_challenge (
  token_hash bytea primary key,
  user_id text not null references app_user (id) on delete cascade,
  expires_at timestamptz not null
);
create index sign_in_challenge_expires on sign_in_challenge (expires_at);

alter table sign_in_link
  add column purpose text not null default 'sign_in' check (purpose in ('sign_in', 'reset')),
  -- Made by who runs commands on the server: the way back for who lost everything.
  add column skips_second_factor boolean not null default false;

-- Administrators are told of everything until they say otherwise.
alter table shop_member add column alarms text[] not null default '{}'
  check (alarms <@ array['silent', 'errors', 'old_key']);
update shop_member set alarms = array['silent', 'errors', 'old_key'] where role = 'administrator';

grant select, insert, update, delete on shop_invitation, second_factor, backup_code, sign_in_challenge to :APP_ROLE;
