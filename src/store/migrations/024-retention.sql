-- 024: what each shop's nightly retention did last, and the month people were last seen in: who is past their time is found by it.

create table retention_run (
  shop_id int not null,
  kind text not null,
  ran_at timestamptz not null,
  -- In that run, and ever.
  gone int8 not null,
  gone_ever int8 not null,
  primary key (shop_id, kind)
);

-- A month, not a moment: a profile is indexed anew twelve times a year at most (HOT).
alter table profile add column seen_month date generated always as (date_trunc('month', last_seen at time zone 'UTC')::date) stored;
create index profile_seen on profile (shop_id, seen_month, id);

grant select, insert, update, delete on retention_run to :APP_ROLE;
