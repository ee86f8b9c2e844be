-- 027: how many objections of a shop stand, counted in an index.
create index objection_standing on objection (shop_id) where lifted_at is null;
