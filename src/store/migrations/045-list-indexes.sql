-- 045: what a screen counts or filters by, so that none reads a large table whole.

-- Which of a shop's carts would go tonight: the index was of all shops.
drop index cart_updated;
create index cart_updated on cart (shop_id, updated_at);
-- The mails of a person, as an archive and an erasure look for them.
create index outbox_address on outbox (of_shop, lower(btrim(to_address)));
-- An endpoint's messages of one kind, the newest first.
create index webhook_delivery_kind on webhook_delivery (shop_id, endpoint_id, kind, id);
