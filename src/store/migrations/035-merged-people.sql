-- 035: merged profiles are one person in the counts of who holds a basis: those that stand for nobody leave them.

update basis_count c set n = c.n - m.n
from (
  select b.shop_id, b.basis_id, b.status, count(*) as n
  from profile p join profile_basis b on b.shop_id = p.shop_id and b.profile_id = p.id
  where p.merged_into is not null and b.status <> 'unknown' group by 1, 2, 3
  union all
  select shop_id, 0, 'profile', count(*) from profile where merged_into is not null group by 1
) m
where c.shop_id = m.shop_id and c.basis_id = m.basis_id and c.status = m.status;
