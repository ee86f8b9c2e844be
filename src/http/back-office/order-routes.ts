import { OrderHistory, OrderList, OrderPage, OrderQuery } from '#contract/orders.ts';
import { findOrderHistory, listOrders } from '#views/order-list.ts';
import { findOrderPage } from '#views/order-page.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, isDay, OrderParams, ShopParams, sendNotFound, shopOf } from './desk.ts';

/** The orders of a shop, one of them, and the states it went through. */
export function orderRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/orders',
    { schema: { params: ShopParams, querystring: OrderQuery, response: { 200: OrderList } } },
    async (request, reply) => {
      for (const name of ['from', 'to'] as const) {
        const day = request.query[name];
        if (day !== undefined && !isDay(day))
          return sendError(reply, 400, 'date.invalid', 'This day does not exist.', name);
      }
      return (await listOrders(desk.db, shopOf(request), request.query)) ?? sendNotFound(reply);
    },
  );

  app.get(
    '/api/shops/:shopId/orders/:orderId',
    { schema: { params: OrderParams, response: { 200: OrderPage } } },
    async (request, reply) =>
      (await findOrderPage(desk.db, shopOf(request), request.params.orderId)) ?? sendNotFound(reply),
  );

  app.get(
    '/api/shops/:shopId/orders/:orderId/history',
    { schema: { params: OrderParams, response: { 200: OrderHistory } } },
    async (request, reply) =>
      (await findOrderHistory(desk.db, shopOf(request), request.params.orderId)) ?? sendNotFound(reply),
  );
}
