/** Calls behind the Webhooks screen and the site check. */
import type { SiteCheck, SiteCheckBody } from '#contract/site-check.ts';
import type {
  DeliveryList,
  DeliveryPage,
  EndpointBody,
  EndpointList,
  EndpointSecrets,
  TestAnswer,
} from '#contract/webhooks.ts';
import { call } from './api.ts';

type Done = { readonly done: boolean };

export const webhookApi = {
  list: (shop: number) => call<EndpointList>('GET', `/api/shops/${shop}/webhooks`),
  create: (shop: number, body: EndpointBody) => call<EndpointSecrets>('POST', `/api/shops/${shop}/webhooks`, body),
  change: (shop: number, id: number, body: EndpointBody) =>
    call<Done>('POST', `/api/shops/${shop}/webhooks/${id}`, body),
  act: (shop: number, id: number, act: 'pause' | 'resume' | 'delete') =>
    call<Done>('POST', `/api/shops/${shop}/webhooks/${id}/${act}`, {}),
  secrets: (shop: number, id: number, act: 'reveal' | 'rotate') =>
    call<EndpointSecrets>('POST', `/api/shops/${shop}/webhooks/${id}/${act}`, {}),
  test: (shop: number, id: number) => call<TestAnswer>('POST', `/api/shops/${shop}/webhooks/${id}/test`, {}),
  deliveries: (shop: number, id: number, state: string, before: number | null) => {
    const query = new URLSearchParams();
    if (state !== '') query.set('state', state);
    if (before !== null) query.set('before', String(before));
    return call<DeliveryList>('GET', `/api/shops/${shop}/webhooks/${id}/deliveries?${query}`);
  },
  delivery: (shop: number, id: number) => call<DeliveryPage>('GET', `/api/shops/${shop}/webhook-deliveries/${id}`),
  move: (shop: number, id: number, move: 'replay' | 'hasten' | 'skip') =>
    call<Done>('POST', `/api/shops/${shop}/webhook-deliveries/${id}/${move}`, {}),
  siteCheck: (shop: number, body: SiteCheckBody) => call<SiteCheck>('POST', `/api/shops/${shop}/site-check`, body),
};
