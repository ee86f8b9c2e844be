-- 002: people who sign in to the back office, their sessions, one-time links, and the shops they may see.

create table app_user (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  lang text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table user_session (
  id text primary key,
  user_id text not null references app_user (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index user_session_user on user_session (user_id);

-- How a user proves who they are: the provider `credential` holds an argon2id hash.
create table user_account (
  id text primary key,
  user_id text not null references app_user (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index user_account_user on user_account (user_id);

create table user_verification (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index user_verification_identifier on user_verification (identifier);

-- Links that sign in once. Only the hash of the secret is kept.
create table sign_in_link (
  token_hash bytea primary key,
  user_id text not null references app_user (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table shop_member (
  shop_id int not null references shop (id),
  user_id text not null references app_user (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (shop_id, user_id)
);
create index shop_member_user on shop_member (user_id);

-- Who looked at or changed what no fact records: private keys revealed.
create table audit (
  shop_id int not null references shop (id),
  id int8 not null generated always as identity,
  at timestamptz not null,
  user_id text not null,
  action text not null,
  detail jsonb,
  primary key (shop_id, id)
);

grant select, insert, update, delete on app_user, user_session, user_account, user_verification, sign_in_link, shop_member
  to :APP_ROLE;
grant select, insert on audit to :APP_ROLE;
grant usage on all sequences in schema public to :APP_ROLE;
