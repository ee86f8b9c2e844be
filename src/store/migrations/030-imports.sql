-- 030: files of earlier clients and orders, on their way in.

create table import (
  shop_id int not null references shop (id),
  id uuid not null,
  kind text not null check (kind in ('profiles', 'orders', 'states', 'consents')),
  -- uploading → reading → ready ⇄ checking, then running → done; stopping → stopped; failed at any time
  state text not null default 'uploading'
    check (state in ('uploading', 'reading', 'ready', 'checking', 'running', 'stopping', 'stopped', 'done', 'failed')),
  file_name text not null,
  -- Bytes of the file, and how many are here.
  size bigint not null,
  received bigint not null default 0,
  -- How the file is written and what its columns mean, as the merchant left it; null: nobody looked yet.
  setup jsonb,
  -- What the file's beginning shows: headers, first rows.
  look jsonb,
  -- Counts of the last dry run.
  forecast jsonb,
  -- Lines read and handed on by the run; a resumed one starts after them.
  lines bigint not null default 0,
  -- Bytes of the file read so far, for the bar.
  read_bytes bigint not null default 0,
  -- Why it failed, a reason of ours.
  fault text,
  created_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- When the file, the report and what was shown of them went.
  forgotten_at timestamptz,
  primary key (shop_id, id)
);
create index import_since on import (shop_id, created_at desc);

-- The file's bytes until it was run; then its report's: the refused lines as they came, with their reasons.
create table import_chunk (
  shop_id int not null,
  import_id uuid not null,
  part text not null check (part in ('file', 'report')),
  -- Where in the file they begin.
  at bigint not null,
  bytes bytea not null,
  primary key (shop_id, import_id, part, at)
);
alter table import_chunk alter column bytes set storage external;

-- How lines ended, counted by the batches that apply them.
create table import_count (
  shop_id int not null,
  import_id uuid not null,
  result text not null,
  reason text not null,
  n bigint not null,
  primary key (shop_id, import_id, result, reason)
);

-- Lines that were refused, or did less than they said.
create table import_line (
  shop_id int not null,
  import_id uuid not null,
  line bigint not null,
  result text not null,
  reasons text[] not null,
  primary key (shop_id, import_id, line)
);

-- A mapping kept for next time.
create table import_template (
  shop_id int not null references shop (id),
  kind text not null,
  name text not null,
  setup jsonb not null,
  primary key (shop_id, kind, name)
);

grant select, insert, update, delete on import, import_chunk, import_count, import_line, import_template to :APP_ROLE;
