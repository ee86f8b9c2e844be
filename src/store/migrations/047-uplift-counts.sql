-- 047: what automatic uplift and opt-ins of the shop brought, by day and kind of source, for the overview's chart.

insert into day_count (shop_id, day, what, key, n)
select h.shop_id, (h.arrived_at at time zone (s.body->>'zone'))::date, 'uplift', split_part(h.source, ':', 1), count(*)
from basis_history h
join profile p on p.shop_id = h.shop_id and p.id = h.profile_id and p.merged_into is null
join lateral (select body from shop_settings where shop_id = h.shop_id order by version desc limit 1) s on true
where h.to_status in ('accepted', 'to confirm') and h.cause in ('auto', 'act', 'record edge')
group by 1, 2, 4;
