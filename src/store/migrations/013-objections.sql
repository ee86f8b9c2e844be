-- 013: the objection list is read newest first.
create index objection_since on objection (shop_id, since desc);
