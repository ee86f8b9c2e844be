import { sendOrder } from '../../tracker.js';

export default (order) => sendOrder(order.order_id, true);
