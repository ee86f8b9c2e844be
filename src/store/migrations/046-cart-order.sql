-- 046: the carts an order ended, on its page.
create index cart_order on cart (shop_id, order_id) where order_id is not null;
