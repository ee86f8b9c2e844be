import { sendOrder } from '../../tracker.js';

export default ({ orderId }) => sendOrder(orderId, false);
