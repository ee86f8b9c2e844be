/** Calls behind the connected stores of the Tracker page. */
import type {
  ConnectionBody,
  ConnectionList,
  ConnectionSecret,
  StoreApiBody,
  StoreCheck,
} from '#contract/connections.ts';
import { call } from './api.ts';

const base = (shop: number) => `/api/shops/${shop}/connections`;

export const connectionApi = {
  list: (shop: number) => call<ConnectionList>('GET', base(shop)),
  create: (shop: number, body: ConnectionBody) => call<ConnectionSecret>('POST', base(shop), body),
  reveal: (shop: number, id: number) => call<ConnectionSecret>('POST', `${base(shop)}/${id}/reveal`, {}),
  rotate: (shop: number, id: number, secret: string | null) =>
    call<ConnectionSecret>('POST', `${base(shop)}/${id}/rotate`, secret === null ? {} : { secret }),
  delete: (shop: number, id: number) => call<{ done: boolean }>('POST', `${base(shop)}/${id}/delete`, {}),
  saveApi: (shop: number, id: number, body: StoreApiBody) => call<StoreCheck>('POST', `${base(shop)}/${id}/api`, body),
  pull: (shop: number, id: number, what: 'history' | 'reconcile' | 'history/stop') =>
    call<{ done: boolean }>('POST', `${base(shop)}/${id}/${what}`, {}),
  check: (shop: number, id: number) => call<StoreCheck>('POST', `${base(shop)}/${id}/check`, {}),
};
