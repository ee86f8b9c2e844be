-- 007: find an order by its key without its namespace: before PostgreSQL 18 an index that has the namespace first reads all of a shop's orders.

drop index orders_key;
create unique index orders_key on orders (shop_id, key, namespace);
