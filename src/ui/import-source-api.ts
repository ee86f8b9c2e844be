/** Calls behind the recurring imports. */
import type { SourceBody, SourceList, SourceTest } from '#contract/import-sources.ts';
import { call } from './api.ts';

const base = (shop: number) => `/api/shops/${shop}/import-sources`;

export const sourceApi = {
  list: (shop: number) => call<SourceList>('GET', base(shop)),
  create: (shop: number, body: SourceBody) => call<{ id: number }>('POST', base(shop), body),
  change: (shop: number, id: number, body: SourceBody) => call<{ done: boolean }>('POST', `${base(shop)}/${id}`, body),
  test: (shop: number, id: number) => call<SourceTest>('POST', `${base(shop)}/${id}/test`, {}),
  run: (shop: number, id: number) => call<{ done: boolean }>('POST', `${base(shop)}/${id}/run`, {}),
  pause: (shop: number, id: number, paused: boolean) =>
    call<{ done: boolean }>('POST', `${base(shop)}/${id}/pause`, { paused }),
  acceptKey: (shop: number, id: number, hostKey: string) =>
    call<{ done: boolean }>('POST', `${base(shop)}/${id}/host-key`, { hostKey }),
  remove: (shop: number, id: number) => call<{ done: boolean }>('POST', `${base(shop)}/${id}/delete`, {}),
};
