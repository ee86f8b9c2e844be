-- 005: bases as the merchant's own: what a definition says to people, and how many hold each status, without counting rows.

-- Settings written before are read as they were meant: no text yet.
update shop_settings set body = jsonb_set(body, '{bases}', (
  select coalesce(jsonb_agg('{"description": "", "texts": {}, "textVersion": 1, "balanceTest": null}'::jsonb || basis order by place), '[]')
  from jsonb_array_elements(body -> 'bases') with ordinality b(basis, place)))
where body ? 'bases';

-- Kept by apply with each batch; basis 0 counts the shop's profiles.
create table basis_count (
  shop_id int not null,
  basis_id int not null,
  status text not null,
  n int8 not null,
  primary key (shop_id, basis_id, status)
) with (fillfactor = 50);
insert into basis_count (shop_id, basis_id, status, n)
  select shop_id, basis_id, status, count(*) from profile_basis where status <> 'unknown' group by 1, 2, 3
  union all
  select shop_id, 0, 'profile', count(*) from profile group by 1;

-- Who holds a status, page by page.
drop index profile_basis_status;
create index profile_basis_status on profile_basis (shop_id, basis_id, status, profile_id);

grant select, insert, update, delete on basis_count to :APP_ROLE;
