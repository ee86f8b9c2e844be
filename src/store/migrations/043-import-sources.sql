-- 043: files that are fetched again and again, or pushed by a program, and run by settings that were kept.

-- The header a mapping was made for: it is found again by name when columns move.
alter table import_template add column headers text[];

alter table import
  -- The kept settings it is run with as soon as it was read; null: people say.
  add column auto jsonb,
  -- Of a pushed file: a hash of its Idempotency-Key, and of its bytes.
  add column push_key bytea,
  add column content_hash bytea;
create unique index import_push on import (shop_id, push_key);
create index import_content on import (shop_id, content_hash) where content_hash is not null;

create table import_source (
  shop_id int not null references shop (id),
  id int not null generated always as identity,
  name text not null,
  kind text not null check (kind in ('profiles', 'orders', 'states', 'consents')),
  -- Name of the kept settings (import_template).
  template text not null,
  -- https://… or sftp://…
  address text not null,
  user_name text not null,
  -- Sealed: a password, or a private key with its passphrase; null: none is needed.
  credentials bytea,
  -- How the SFTP server proved itself at the first connection that was accepted: the kind of its key and a fingerprint.
  host_key text,
  -- Another one it showed since, which nobody has accepted.
  host_key_shown text,
  every text not null check (every in ('hour', 'day', 'week')),
  hour int not null,
  weekday int not null,
  -- Who is told when a run fails; whoever administers the shop once they left it.
  notify_user text not null,
  -- Not before; and when somebody asked for it to be fetched now.
  next_at timestamptz not null,
  asked_at timestamptz,
  paused_at timestamptz,
  -- What the last file was known by at its server, and a hash of its bytes: the same one is not run again.
  mark text,
  content_hash bytea,
  -- Failed tries in a row, why, and what was told by mail: it is told once.
  failures int not null default 0,
  fault text,
  told_fault text,
  created_by text not null,
  created_at timestamptz not null,
  primary key (shop_id, id)
);

-- How its runs ended, the last ones.
create table import_source_run (
  shop_id int not null,
  source_id int not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('importing', 'done', 'same', 'stopped', 'failed')),
  fault text,
  import_id uuid,
  primary key (shop_id, source_id, at)
);

grant select, insert, update, delete on import_source, import_source_run to :APP_ROLE;
