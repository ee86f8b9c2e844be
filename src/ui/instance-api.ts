/** Calls of the installation's owners. */
import type { AuditList, AuditQuery } from '#contract/audit.ts';
import type { Health, InstancePeople, InstanceShops, NewShopAnswer } from '#contract/instance.ts';
import type { InstanceRetentionBody, RetentionRows } from '#contract/retention.ts';
import { call } from './api.ts';
import { auditSearch } from './people-api.ts';

const shops = '/api/instance/shops';
const people = '/api/instance/people';

export const instanceApi = {
  shops: () => call<InstanceShops>('GET', shops),
  createShop: (name: string) => call<NewShopAnswer>('POST', shops, { name }),
  turnShop: (shop: number, how: 'close' | 'open' | 'join') => call<null>('POST', `${shops}/${shop}/${how}`),
  deleteShop: (shop: number, name: string) => call<null>('POST', `${shops}/${shop}/delete`, { name }),
  exportUrl: (shop: number) => `${shops}/${shop}/export`,
  people: (search: string) => call<InstancePeople>('GET', `${people}?${new URLSearchParams({ search })}`),
  saveOwner: (user: string, instanceAdmin: boolean) => call<null>('POST', `${people}/${user}/owner`, { instanceAdmin }),
  endSecondFactor: (user: string) => call<null>('POST', `${people}/${user}/second-factor-off`),
  deleteUser: (user: string) => call<null>('POST', `${people}/${user}/delete`),
  health: () => call<Health>('GET', '/api/instance/health'),
  retention: () => call<RetentionRows>('GET', '/api/instance/retention'),
  previewRetention: (body: InstanceRetentionBody) =>
    call<RetentionRows>('POST', '/api/instance/retention/preview', body),
  saveRetention: (body: InstanceRetentionBody) => call<null>('POST', '/api/instance/retention', body),
  audit: (asked: AuditQuery) => call<AuditList>('GET', `/api/instance/audit?${auditSearch(asked)}`),
};
