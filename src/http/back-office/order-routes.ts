import { OrderHistory, OrderList, OrderPage, OrderQuery } from '#contract/orders.ts';
import { may } from '#contract/permissions.ts';
import { findOrderHistory, listOrders } from '#views/order-list.ts';
import { findOrderPage } from '#views/order-page.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, OrderParams, roleOf, ShopParams, sendNotFound, shopOf, strangeDay } from './desk.ts';
import { orderPageFor, orderRowFor } from './order-mask.ts';

/** The orders of a shop, one of them, and the states it went through. */
export function orderRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/orders',
    { schema: { params: ShopParams, querystring: OrderQuery, response: { 200: OrderList } } },
    async (request, reply) => {
      const strange = strangeDay(request.query);
      if (strange !== null) return sendError(reply, 400, 'date.invalid', 'This day does not exist.', strange);
      const role = roleOf(request);
      // Whether an address has ordered is no matter of accounts.
      if (!may(role, 'profiles.see') && request.query.search?.includes('@'))
        return sendError(reply, 403, 'role.forbidden', 'Your role finds orders by number alone.', 'search');
      const list = await listOrders(desk.db, shopOf(request), request.query);
      return list === null
        ? sendNotFound(reply)
        : { ...list, orders: list.orders.map((row) => orderRowFor(role, row)) };
    },
  );

  app.get(
    '/api/shops/:shopId/orders/:orderId',
    { schema: { params: OrderParams, response: { 200: OrderPage } } },
    async (request, reply) => {
      const page = await findOrderPage(desk.db, shopOf(request), request.params.orderId);
      return page === null ? sendNotFound(reply) : orderPageFor(roleOf(request), page);
    },
  );

  app.get(
    '/api/shops/:shopId/orders/:orderId/history',
    { schema: { params: OrderParams, response: { 200: OrderHistory } } },
    async (request, reply) =>
      (await findOrderHistory(desk.db, shopOf(request), request.params.orderId)) ?? sendNotFound(reply),
  );
}
