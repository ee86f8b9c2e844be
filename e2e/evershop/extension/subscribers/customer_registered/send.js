import { sendAccount } from '../../tracker.js';

export default sendAccount;
