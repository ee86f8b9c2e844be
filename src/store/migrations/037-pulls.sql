-- 037: what is read from the API of a connected store: its history once, when the merchant starts it, and again and again what a missed
-- delivery lost.

create table pull (
  shop_id int not null,
  connection_id int not null,
  kind text not null check (kind in ('history', 'reconcile')),
  -- running → done; stopped by people; failed when the store refuses for good
  state text not null check (state in ('running', 'done', 'stopped', 'failed')),
  -- where the next page begins, in the platform's own terms; null: at the start
  cursor text,
  -- only what changed since then; null: everything
  since timestamptz,
  objects int8 not null default 0,
  -- how many there are, where the store says so
  expected int8,
  -- not before: the store asked for a pause, or did not answer
  next_at timestamptz not null,
  failures int not null default 0,
  -- a code of contract/connections.ts
  fault text,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- until when everything is known to be here: where the next reconciliation begins
  covered_to timestamptz,
  primary key (shop_id, connection_id, kind)
);

-- How the objects of the last run of each ended, counted by the batches that apply them.
create table pull_count (
  shop_id int not null,
  connection_id int not null,
  kind text not null,
  result text not null,
  n int8 not null,
  primary key (shop_id, connection_id, kind, result)
);

grant select, insert, update, delete on pull, pull_count to :APP_ROLE;
