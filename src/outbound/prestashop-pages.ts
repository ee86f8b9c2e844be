import { instantOf } from '#domain/time.ts';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { askPrestaShop } from './prestashop.ts';
import type { StoreSilent } from './store-call.ts';
import type { PageQuestion, PulledObject, StorePage } from './store-pages.ts';

/** Hosts of shops are small: half the pages other platforms are asked for, one at a time. */
const size = 50;

/** In this order; the fields asked for, so that neither a password's hash nor a `secure_key` travels. */
const resources = [
  {
    name: 'customers',
    wrapper: 'customers',
    topic: 'customer.upsert',
    inner: 'customer',
    display:
      '[id,id_lang,id_gender,firstname,lastname,email,birthday,newsletter,newsletter_date_add,is_guest,active,company,date_add,date_upd]',
  },
  {
    name: 'orders',
    wrapper: 'orders',
    topic: 'order.upsert',
    inner: 'order',
    display:
      '[id,id_cart,id_currency,id_lang,id_customer,current_state,reference,module,date_add,date_upd,total_paid_tax_incl,order_rows[id,product_id,product_attribute_id,product_quantity,product_name,product_reference,unit_price_tax_incl]]',
  },
  {
    name: 'order_slip',
    wrapper: 'order_slips',
    topic: 'refund.upsert',
    inner: 'order_slip',
    display: '[id,id_customer,id_order,amount,date_add,date_upd]',
  },
] as const;

/**
 * By id, so that nothing is skipped or read twice while the shop goes on; with `since` only what changed. Its server's clock is asked for a
 * day more, which covers every zone; what is older in the shop's zone is left out. Orders come with their currency and the flags of their state.
 */
export async function readPrestaShopPage(
  guarded: GuardedFetch,
  api: StoreApi,
  { cursor, since, zone }: PageQuestion,
): Promise<StorePage | StoreSilent> {
  const [place = '0', after = '0'] = (cursor ?? '0|0').split('|');
  const index = Number(place);
  const resource = resources[index];
  if (resource === undefined) return { objects: [], cursor: null, expected: null };
  const changed = since === null ? '' : `&date=1&filter[date_upd]=>[${localBefore(since)}]`;
  const path = `/${resource.name}?display=${resource.display}&filter[id]=>[${after}]${changed}&sort=[id_ASC]&limit=${size}`;
  const said = await askPrestaShop(guarded, api, encodeURI(path));
  if ('fault' in said) return said;
  if (said.status === 405 || said.status === 403)
    return { fault: resource.name === 'customers' ? 'scope_customers' : 'scope_orders', afterMs: null };
  if (said.status !== 200 || said.json === undefined) return { fault: 'not_the_api', afterMs: null };
  const rows = listIn(said.json, resource.wrapper);
  if (rows === null) return { fault: 'not_the_api', afterMs: null };
  const wanted = rows.filter((row) => since === null || changedAt(row, zone) >= since);
  const orders = resource.name === 'orders' && wanted.length > 0;
  const states = orders ? await readStates(guarded, api) : none;
  if ('fault' in states) return states;
  const currencies = orders ? await readCurrencies(guarded, api) : none;
  if ('fault' in currencies) return currencies;
  const objects = wanted.map((row): PulledObject => {
    const state = states.get(String(row.current_state));
    const currency = currencies.get(String(row.id_currency));
    const body = {
      [resource.inner]: row,
      ...(state === undefined ? {} : { order_state: state }),
      ...(currency === undefined ? {} : { currency }),
    };
    return { topic: resource.topic, name: `${resource.name}:${row.id}`, text: JSON.stringify(body) };
  });
  const last = Math.max(Number(after), ...rows.map(({ id }) => Number(id)));
  // asked by id, a page that does not go forward is another one
  if (rows.length > 0 && last <= Number(after)) return { fault: 'pages_repeat', afterMs: null };
  const next = rows.length >= size ? `${index}|${last}` : index + 1 < resources.length ? `${index + 1}|0` : null;
  return { objects, cursor: next, expected: null };
}

const none: ReadonlyMap<string, object> = new Map();

/** A row without a time of its own counts as new. */
function changedAt({ date_upd, date_add }: Readonly<Record<string, unknown>>, zone: string): number {
  const local = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(String(date_upd ?? date_add));
  return local === null || local[1] === '0000-00-00'
    ? Number.POSITIVE_INFINITY
    : instantOf({ local: `${local[1]}T${local[2]}` }, 0, zone, 'start');
}

/** Its module sends the code with each order; the webservice has it in a list of its own. */
async function readCurrencies(guarded: GuardedFetch, api: StoreApi): Promise<Map<string, object> | StoreSilent> {
  const said = await askPrestaShop(guarded, api, encodeURI('/currencies?display=[id,iso_code]'));
  if ('fault' in said) return said;
  if (said.status !== 200) return { fault: 'scope_currencies', afterMs: null };
  return new Map((listIn(said.json, 'currencies') ?? []).map(({ id, iso_code }) => [String(id), { iso_code }]));
}

async function readStates(guarded: GuardedFetch, api: StoreApi): Promise<Map<string, object> | StoreSilent> {
  const said = await askPrestaShop(
    guarded,
    api,
    encodeURI('/order_states?display=[id,paid,shipped,delivery,logable,template]'),
  );
  if ('fault' in said) return said;
  if (said.status !== 200) return { fault: 'scope_states', afterMs: null };
  return new Map((listIn(said.json, 'order_states') ?? []).map((row) => [String(row.id), row]));
}

/** An empty list is `[]`, without its wrapper; null: neither. */
function listIn(json: unknown, wrapper: string): readonly Readonly<Record<string, unknown>>[] | null {
  if (Array.isArray(json)) return json.length === 0 ? [] : null;
  const list = isRecord(json) ? json[wrapper] : null;
  return Array.isArray(list) ? list.filter(isRecord) : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function localBefore(since: number): string {
  return new Date(since - 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
}
