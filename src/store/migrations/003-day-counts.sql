-- 003: counts of a day, kept by the batches that change them: what the overview's charts read, however long the history.

create table day_count (
  shop_id int not null,
  -- of an order: the day it was placed; of the rest: of arrival; in the shop's zone
  day date not null,
  -- order, profile, basis, received, refused (apply/day-counts.ts)
  what text not null,
  key text not null,
  n int8 not null,
  minor int8 not null default 0,
  primary key (shop_id, day, what, key)
) with (fillfactor = 70);

insert into day_count (shop_id, day, what, key, n, minor)
select o.shop_id, o.day, 'order', o.currency || case when o.validated then ' validated' else ' open' end, count(*), sum(o.net_minor)
from orders o group by 1, 2, 4;

insert into day_count (shop_id, day, what, key, n)
select p.shop_id, (p.created_at at time zone (s.body->>'zone'))::date, 'profile', '', count(*)
from profile p
join lateral (select body from shop_settings where shop_id = p.shop_id order by version desc limit 1) s on true
group by 1, 2;

insert into day_count (shop_id, day, what, key, n)
select h.shop_id, (h.arrived_at at time zone (s.body->>'zone'))::date, 'basis', h.basis_id || ' ' || h.to_status, count(*)
from basis_history h
join lateral (select body from shop_settings where shop_id = h.shop_id order by version desc limit 1) s on true
group by 1, 2, 4;

grant select, insert, update, delete on day_count to :APP_ROLE;
