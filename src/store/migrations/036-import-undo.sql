-- 036: what an import did can be taken back.

alter table import drop constraint import_state_check;
alter table import add constraint import_state_check check (state in
  ('uploading', 'reading', 'ready', 'checking', 'running', 'stopping', 'stopped', 'done', 'failed', 'undoing', 'undone'));
-- Who asked for it, why, and what went: {by, reason, profiles, orders, keptProfiles, keptOrders, bases}; null: nobody did.
alter table import add column undone jsonb;

-- The states of orders are history the application may only add to; those of orders that an undone import alone created go with them.
create function forget_order_states(shop int, gone bigint[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  delete from order_state_history h where h.shop_id = shop and h.order_id = any (gone)
    and not exists (select from orders o where o.shop_id = h.shop_id and o.id = h.order_id);
end
$$;
revoke all on function forget_order_states from public;
grant execute on function forget_order_states to :APP_ROLE;
