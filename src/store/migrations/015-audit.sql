-- 015: the audit log: who changed, revealed, sent, exported or erased what, in a shop or in the installation.

-- A local table, like outbox: of_shop null is the installation, or a person's own account.
alter table audit drop constraint audit_pkey, drop constraint audit_shop_id_fkey;
alter table audit rename column shop_id to of_shop;
alter table audit
  alter column of_shop drop not null,
  -- null: no member did it, but who says who.
  alter column user_id drop not null,
  -- The person's e-mail address at that time; null: the program itself.
  add column who text,
  add column kind text not null default 'change'
    check (kind in ('change', 'reveal', 'send', 'export', 'erase', 'people')),
  -- Whom of the shop's people it was about: nothing else about them is ever written here.
  add column profile_id int8,
  add primary key (id);
update audit set who = (select email from app_user where id = user_id),
  kind = case when action like '%.reveal' then 'reveal' when action like 'module.%' then 'people' else 'change' end;
alter table audit alter column kind drop default;
create index audit_shop on audit (of_shop, id);
create index audit_kind on audit (of_shop, kind, id);
create index audit_user on audit (of_shop, user_id, id);
