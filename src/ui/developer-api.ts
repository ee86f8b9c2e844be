/** Calls of the developer's page, and of the merchant who invites. */
import type { DeveloperKeys, DeveloperPage, InvitationList, InviteBody } from '#contract/developer.ts';
import type { OrderHistory, OrderList } from '#contract/orders.ts';
import type { SiteCheck } from '#contract/site-check.ts';
import type { JournalDetail, JournalPage, TroubleList } from '#contract/verification.ts';
import { call, stated } from './api.ts';
import type { VerificationSource } from './verification-source.ts';

export const developerApi = {
  open: (token: string) => call<null>('POST', '/api/dev/open', { token }),
  page: () => call<DeveloperPage>('GET', '/api/dev/page'),
  leave: () => call<null>('POST', '/api/dev/leave'),
  sendCode: () => call<null>('POST', '/api/dev/code'),
  proveCode: (code: string) => call<null>('POST', '/api/dev/code/prove', { code }),
  keys: () => call<DeveloperKeys>('POST', '/api/dev/keys'),
  orders: () => call<OrderList>('GET', '/api/dev/orders'),
  orderStates: (id: number) => call<OrderHistory>('GET', `/api/dev/orders/${id}/states`),
  siteCheck: (url: string) => call<SiteCheck>('POST', '/api/dev/site-check', { url }),
};

export const invitationApi = {
  list: (shop: number) => call<InvitationList>('GET', `/api/shops/${shop}/developers`),
  invite: (shop: number, body: InviteBody) => call<InvitationList>('POST', `/api/shops/${shop}/developers`, body),
  resend: (shop: number, id: number, days: number) =>
    call<InvitationList>('POST', `/api/shops/${shop}/developers/${id}/resend`, { days }),
  revoke: (shop: number, id: number) => call<InvitationList>('POST', `/api/shops/${shop}/developers/${id}/revoke`, {}),
};

export const developerKey = ['developer'] as const;

/** Masked by the server: nothing of a person reaches this page. */
export const developerSource: VerificationSource = {
  key: developerKey,
  liveUrl: '/api/dev/live',
  masked: true,
  shop: null,
  journal: ({ beforeAt, ...query }) => {
    const asked = stated({ ...query, beforeAt: beforeAt === undefined ? undefined : String(beforeAt) });
    return call<JournalPage>('GET', `/api/dev/journal?${new URLSearchParams(asked)}`);
  },
  item: (receivedAt, seq) => call<JournalDetail>('GET', `/api/dev/journal/${receivedAt}/${seq}`),
  troubles: () => call<TroubleList>('GET', '/api/dev/troubles'),
};
