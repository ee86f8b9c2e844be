-- 041: what people bought is read from the index alone: API v2's page of 500 customers fetched the row of each of their orders, thousands of blocks apart.
drop index orders_profile;
create index orders_profile on orders (shop_id, profile_id) include (validated, placed_at) where profile_id is not null;
