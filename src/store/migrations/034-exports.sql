-- 034: files with data of many people that a job prepares, and what was asked for.

create table export_file (
  shop_id int not null references shop (id),
  id uuid not null,
  -- profiles, orders, consents, journal
  kind text not null,
  format text not null,
  lang text not null,
  -- What the role of who asked lets leave: full, accounts.
  scope text not null,
  -- May hold an address that was searched for.
  filter jsonb,
  file_name text not null,
  state text not null check (state in ('direct', 'waiting', 'running', 'ready', 'expired', 'withdrawn', 'failed')),
  rows bigint not null default 0,
  bytes bigint not null default 0,
  asked_by text not null references app_user (id) on delete cascade,
  created_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz,
  primary key (shop_id, id)
);
create index export_file_since on export_file (shop_id, asked_by, created_at desc);
create index export_file_due on export_file (created_at) where state in ('waiting', 'running');
create index export_file_expiring on export_file (expires_at) where state in ('direct', 'ready');
create index export_file_old on export_file (created_at);

-- A prepared file, piece by piece.
create table export_chunk (
  shop_id int not null,
  export_id uuid not null,
  n int not null,
  bytes bytea not null,
  primary key (shop_id, export_id, n),
  foreign key (shop_id, export_id) references export_file (shop_id, id) on delete cascade
);

grant select, insert, update, delete on export_file, export_chunk to :APP_ROLE;
