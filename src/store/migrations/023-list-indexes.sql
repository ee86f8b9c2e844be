-- 023: what lets API v2 page through what changed since a moment, pages far down, and who runs out tonight, without reading a shop's all.

-- Hours, not moments: a row is indexed anew once an hour at most, and its other updates stay within its page (HOT).
alter table profile add column updated_hour timestamp generated always as (date_trunc('hour', updated_at at time zone 'UTC')) stored;
alter table orders add column updated_hour timestamp generated always as (date_trunc('hour', updated_at at time zone 'UTC')) stored;
create index profile_updated on profile (shop_id, updated_hour, created_at, id) where merged_into is null;
create index orders_updated on orders (shop_id, updated_hour, created_at, id);
-- By the day they were placed, in the order of their arrival.
create index orders_day on orders (shop_id, day, created_at, id);

-- Every list leaves merged profiles out: a page far down is counted in the index alone.
drop index profile_created;
create index profile_created on profile (shop_id, created_at, id) where merged_into is null;

-- The day an acceptance holds from: its own, or that of the last activity that prolonged it.
alter table profile_basis add column held_day date not null
  generated always as (coalesce((greatest(activity_at, since) at time zone 'UTC')::date, date '1970-01-01')) stored;
create index profile_basis_held on profile_basis (shop_id, basis_id, held_day, profile_id) where status = 'accepted';
