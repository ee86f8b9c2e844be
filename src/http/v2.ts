import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import { defaultSettings, type ShopSettings } from '#domain/settings.ts';
import type { Database } from '#store/tables.ts';
import { findV2CustomerConsents } from '#views/v2-consents.ts';
import { findV2Customer, listV2Customers } from '#views/v2-customers.ts';
import type { V2Page, V2Place } from '#views/v2-filter.ts';
import { findV2Order, listV2Orders } from '#views/v2-orders.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { writeConsent, writeCustomerConsent } from '#wire/spread-v2/write-consent.ts';
import { writeCustomField } from '#wire/spread-v2/write-custom-field.ts';
import { writeCustomer, writeCustomerItem } from '#wire/spread-v2/write-customer.ts';
import { writeOrder, writeOrderItem } from '#wire/spread-v2/write-order.ts';
import { type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { proveKeys } from './v1.ts';
import {
  type BadParameter,
  nextPageUrl,
  readEmail,
  readId,
  readPage,
  readText,
  readTimes,
  sendBadParameter,
} from './v2-query.ts';

export interface V2Options {
  readonly db: Kysely<Database>;
  readonly publicUrl: string | null;
}

interface Asked {
  readonly shop: ShopId;
  readonly settings: ShopSettings;
  readonly settingsAt: Date;
  readonly page: V2Page;
}

type Answer = Record<string, unknown> | null;
type Read = (asked: Asked, request: FastifyRequest, reply: FastifyReply) => Promise<Answer | 'refused'>;

/** The v2 reads (legacy wire §3), for pairs that may read. Lists carry `count` (of the page) and `nextPageUrl` while there is more. */
export function v2Routes(app: FastifyInstance, doors: Doors, options: V2Options): void {
  const { db } = options;
  const get = (url: string, read: Read) => {
    app.route({
      method: 'GET',
      url: `/api/v2${url}`,
      onRequest: async (request, reply) => {
        const pair = await proveKeys(doors, request, reply);
        if (pair === null) return reply;
        if (!pair.mayRead) return refuse(doors, request, reply, 'mayRead');
        request.pair = pair;
      },
      handler: (request, reply) => answer(db, request, reply, read),
    });
  };
  const list = (
    request: FastifyRequest,
    page: V2Page,
    name: string,
    items: readonly object[],
    last: V2Place | null = null,
  ): Answer => {
    const base = options.publicUrl ?? `${request.protocol}://${request.host}`;
    const next = nextPageUrl(request, base, page, items.length, last);
    return { [name]: items, count: items.length, ...(next === null ? {} : { nextPageUrl: next }) };
  };

  get('/customers', async ({ shop, settings, page }, request, reply) => {
    const times = readTimes(request);
    if ('bad' in times) return bad(reply, times);
    const email = readEmail(request);
    const externalId = readText(request, 'externalId');
    const filter = { ...times, email, externalId, namespaces: ['default', ...settings.stores] };
    const rows = await listV2Customers(db, shop, settings.zone, filter, page);
    return list(request, page, 'customers', rows.map(writeCustomerItem), rows.at(-1));
  });
  get('/customers/:id', async ({ shop }, request) => {
    const id = readId(parameter(request, 'id'));
    const row = id === null ? null : await findV2Customer(db, shop, id);
    return row === null ? null : { customer: writeCustomer(row) };
  });
  get('/orders', async ({ shop, settings, page }, request, reply) => {
    const times = readTimes(request);
    if ('bad' in times) return bad(reply, times);
    const customer = readText(request, 'customerId');
    const customerId = customer === null ? null : readId(customer);
    if (customer !== null && customerId === null) return bad(reply, { bad: 'customerId' });
    const rows = await listV2Orders(db, shop, settings.zone, { ...times, customerId }, page);
    return list(
      request,
      page,
      'orders',
      rows.map((row) => writeOrderItem(row, settings.zone)),
      rows.at(-1),
    );
  });
  get('/orders/:orderId', async ({ shop, settings }, request) => {
    const reference = parameter(request, 'orderId');
    if (reference.length > 250 || reference.includes('\0')) return null;
    const row = await findV2Order(db, shop, ['default', ...settings.stores], reference);
    return row === null ? null : { order: writeOrder(row, settings.zone) };
  });
  get('/customfields', async ({ settings, settingsAt, page }, request) => {
    const active = settings.customFields.filter((field) => field.active);
    const items = active.slice(page.startAt, page.startAt + page.maxResults);
    return list(
      request,
      page,
      'customfields',
      items.map((field) => writeCustomField(field, settingsAt)),
    );
  });
  get('/customfields/:id', async ({ settings, settingsAt }, request) => {
    const id = readId(parameter(request, 'id'));
    const field = settings.customFields.find((one) => one.id === id);
    return field === undefined ? null : { customfield: writeCustomField(field, settingsAt) };
  });
  // Coupons, segments and sponsorships are SPREAD's own tools: a reader gets the lists it knows, empty.
  for (const name of ['segments', 'cagnottes', 'sponsorships']) {
    get(`/${name}`, async ({ page }, request, reply) => {
      const times = readTimes(request);
      return 'bad' in times ? bad(reply, times) : list(request, page, name, []);
    });
    get(`/${name}/:id`, async () => null);
  }
  get('/consents', async ({ settings, settingsAt, page }, request) => {
    const active = settings.bases.filter((basis) => basis.active).slice(page.startAt, page.startAt + page.maxResults);
    return list(
      request,
      page,
      'consents',
      active.map((basis) => writeConsent(basis, settingsAt)),
    );
  });
  get('/consents/:id', async ({ settings, settingsAt }, request) => {
    const id = readId(parameter(request, 'id'));
    const basis = settings.bases.find((one) => one.id === id);
    return basis === undefined ? null : { consent: writeConsent(basis, settingsAt) };
  });
  get('/customers-consents/:id', async ({ shop, settings, page }, request) => {
    const id = readId(parameter(request, 'id'));
    const found = id === null ? null : await findV2CustomerConsents(db, shop, id, page);
    if (found === null) return null;
    const consents = found.consents.map((consent) => writeCustomerConsent(consent, settings.bases));
    const paged = list(request, page, 'consents', consents);
    return { customer: { id: String(found.profileId), consents }, ...paged, consents: undefined };
  });
}

async function answer(
  db: Kysely<Database>,
  request: FastifyRequest,
  reply: FastifyReply,
  read: Read,
): Promise<FastifyReply> {
  const shop = request.pair?.shopId;
  if (shop === undefined) return notFound(reply);
  const page = readPage(request);
  if ('bad' in page) return sendBadParameter(reply, page);
  const found = await findShopSettings(db, shop);
  const asked = {
    shop,
    page,
    settings: found?.settings ?? defaultSettings,
    settingsAt: found?.changedAt ?? new Date(0),
  };
  const value = await read(asked, request, reply);
  if (value === null) return notFound(reply);
  if (value === 'refused') return reply;
  return reply.type('application/json').header('cache-control', 'no-store').send(JSON.stringify(value));
}

function bad(reply: FastifyReply, parameter: BadParameter): 'refused' {
  sendBadParameter(reply, parameter);
  return 'refused';
}

function notFound(reply: FastifyReply): FastifyReply {
  return sendError(reply, 404, 'not_found', 'Nothing of this shop is here.');
}

/** A named part of the path; empty when absent. */
export function parameter(request: FastifyRequest, name: string): string {
  const { params } = request;
  if (typeof params !== 'object' || params === null) return '';
  const value: unknown = Reflect.get(params, name);
  return typeof value === 'string' ? value : '';
}
