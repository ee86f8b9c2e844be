import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { StoreSilent } from './store-call.ts';
import type { PageQuestion, PulledObject, StorePage } from './store-pages.ts';
import { askWooCommerce } from './woocommerce.ts';

const size = 100;
/** Each page begins a few before the last one's end: what was deleted meanwhile moves the rest up. */
const overlap = 5;

/** `orders|<modified after>|<offset>`, then `customers||<offset>`. */
interface Place {
  readonly phase: 'orders' | 'customers';
  /** `YYYY-MM-DDTHH:MM:SS`, UTC; empty: everything. */
  readonly after: string;
  readonly offset: number;
}

/**
 * Everything goes by id, which no change moves. What changed goes by its last change: an order changed meanwhile moves to the end and the rest
 * moves up, so each page begins anew at the change the last one ended with, a second earlier, and counts only where a page shares one second.
 */
export async function readWooCommercePage(
  guarded: GuardedFetch,
  api: StoreApi,
  { cursor, since }: PageQuestion,
): Promise<StorePage | StoreSilent> {
  const place = placeOf(cursor, since);
  const said = await askWooCommerce(
    guarded,
    api,
    `/${place.phase}?per_page=${size}&offset=${place.offset}&${queryOf(place)}`,
  );
  if ('fault' in said) return said;
  if (said.status === 403)
    return { fault: place.phase === 'orders' ? 'scope_orders' : 'scope_customers', afterMs: null };
  if (said.status !== 200 || !Array.isArray(said.json)) return { fault: 'not_the_api', afterMs: null };
  const total = Number(said.headers['x-wp-total'] ?? Number.NaN);
  const counts = cursor === null && Number.isSafeInteger(total);
  return {
    objects: textsOf(said.json, place.phase),
    cursor: nextOf(place, said.json, since),
    expected: counts ? total : null,
    moves: place.after === '' && said.json.length >= size,
  };
}

function queryOf({ phase, after }: Place): string {
  if (phase === 'customers') return 'orderby=id&order=asc&role=all';
  if (after === '') return 'orderby=id&order=asc&status=any';
  return `orderby=modified&order=asc&status=any&dates_are_gmt=true&modified_after=${encodeURIComponent(after)}`;
}

function nextOf(place: Place, list: readonly unknown[], since: number | null): string | null {
  if (list.length >= size) {
    const last = list.at(-1);
    const modified = isRecord(last) ? String(last.date_modified_gmt ?? '') : '';
    const after = place.after === '' ? '' : secondBefore(modified);
    if (after !== '' && after > place.after) return write({ ...place, after, offset: 0 });
    return write({ ...place, offset: place.offset + size - overlap });
  }
  // customers cannot be asked by their change: what changed lately is asked of orders alone
  return place.phase === 'orders' && since === null ? write({ phase: 'customers', after: '', offset: 0 }) : null;
}

function placeOf(cursor: string | null, since: number | null): Place {
  const match = /^(orders|customers)\|([^|]*)\|(\d+)$/.exec(cursor ?? '');
  if (match === null) {
    return { phase: 'orders', after: since === null ? '' : new Date(since).toISOString().slice(0, 19), offset: 0 };
  }
  const [, phase, after = '', offset] = match;
  return { phase: phase === 'customers' ? 'customers' : 'orders', after, offset: Number(offset) };
}

function write({ phase, after, offset }: Place): string {
  return `${phase}|${after}|${offset}`;
}

function secondBefore(time: string): string {
  const at = Date.parse(`${time}Z`);
  return Number.isNaN(at) ? '' : new Date(at - 1000).toISOString().slice(0, 19);
}

/** Its ids are far below 2^53: what was parsed says what was written. */
function textsOf(list: readonly unknown[], phase: Place['phase']): PulledObject[] {
  const topic = phase === 'orders' ? 'order.upsert' : 'customer.upsert';
  return list.flatMap((one) =>
    isRecord(one) && (typeof one.id === 'number' || typeof one.id === 'string')
      ? [{ topic, name: `${phase}:${one.id}`, text: JSON.stringify(one) }]
      : [],
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
