-- 039: subscriptions of connected stores are watched: one the store ended or lost is made again, and people are told; what a
-- reconciliation repaired is counted.

alter table connection
  -- where its subscriptions deliver to, as they were made; null: it has none of ours
  add column hook_url text,
  -- when subscriptions were last made again or woken, and how many
  add column repaired_at timestamptz,
  add column repaired_made int not null default 0,
  add column repaired_woken int not null default 0;

alter table pull
  -- objects the rounds before this one created or updated, and when one last did
  add column repaired int8 not null default 0,
  add column repaired_at timestamptz;

alter table alarm drop constraint alarm_kind_check;
alter table alarm add constraint alarm_kind_check check (kind in ('silent', 'errors', 'old_key', 'store'));
alter table shop_member drop constraint shop_member_alarms_check;
alter table shop_member add constraint shop_member_alarms_check check (alarms <@ array['silent', 'errors', 'old_key', 'store']);
update shop_member set alarms = array_append(alarms, 'store') where role = 'administrator' and cardinality(alarms) > 0;
