-- 014: what each person is in each shop, and who administers the installation.

alter table app_user add column instance_admin boolean not null default false;
-- Whoever was there before had been made by the first start.
update app_user set instance_admin = true;

alter table shop_member add column role text not null default 'administrator'
  check (role in ('administrator', 'user', 'developer', 'accountant', 'support'));
alter table shop_member alter column role drop default;
