-- 033: when orders of a day were placed stands in the index of days: a list of some hours of it reads no order that it does not show.

create index orders_day_placed on orders (shop_id, day, created_at, id, placed_at);
drop index orders_day;
alter index orders_day_placed rename to orders_day;
