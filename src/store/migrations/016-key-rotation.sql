-- 016: which pair of keys came in another's place, and how many calls still use a pair that has an end.

alter table shop_key add column replaced_by int;

-- Counted for pairs with an end only; a row a UTC day.
create table key_use (
  shop_id int not null,
  key_id int not null,
  day date not null,
  calls int8 not null,
  last_at timestamptz not null,
  primary key (shop_id, key_id, day)
);
grant select, insert, update, delete on key_use to :APP_ROLE;
