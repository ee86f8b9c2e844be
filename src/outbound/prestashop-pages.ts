import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { askPrestaShop } from './prestashop.ts';
import type { StoreSilent } from './store-call.ts';
import type { PageQuestion, PulledObject, StorePage } from './store-pages.ts';

/** Hosts of shops are small: half the pages other platforms are asked for, one at a time. */
const size = 50;

/** In this order; the fields asked for, so that no hash of a password travels. */
const resources = [
  {
    name: 'customers',
    wrapper: 'customers',
    topic: 'customer.upsert',
    inner: 'customer',
    display:
      '[id,id_lang,id_gender,firstname,lastname,email,birthday,newsletter,newsletter_date_add,is_guest,active,company,date_add,date_upd]',
  },
  { name: 'orders', wrapper: 'orders', topic: 'order.upsert', inner: 'order', display: 'full' },
  {
    name: 'order_slip',
    wrapper: 'order_slips',
    topic: 'refund.upsert',
    inner: 'order_slip',
    display: '[id,id_customer,id_order,amount,date_add,date_upd]',
  },
] as const;

/**
 * By id, so that nothing is skipped or read twice while the shop goes on; with `since` only what changed, in the shop's own clock: a day
 * more than asked covers every zone. Orders come with the flags of their state.
 */
export async function readPrestaShopPage(
  guarded: GuardedFetch,
  api: StoreApi,
  { cursor, since }: PageQuestion,
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
  const states =
    resource.name === 'orders' && rows.length > 0 ? await readStates(guarded, api) : new Map<string, object>();
  if ('fault' in states) return states;
  const objects = rows.map((row): PulledObject => {
    const state = states.get(String(row.current_state));
    const body = { [resource.inner]: row, ...(state === undefined ? {} : { order_state: state }) };
    return { topic: resource.topic, name: `${resource.name}:${row.id}`, text: JSON.stringify(body) };
  });
  const last = Math.max(Number(after), ...rows.map(({ id }) => Number(id)));
  // asked by id, a page that does not go forward is another one
  if (rows.length > 0 && last <= Number(after)) return { fault: 'pages_repeat', afterMs: null };
  const next = rows.length >= size ? `${index}|${last}` : index + 1 < resources.length ? `${index + 1}|0` : null;
  return { objects, cursor: next, expected: null };
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
