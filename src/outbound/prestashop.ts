/** PrestaShop's webservice, in JSON; only fields that are asked for travel, never the hash of a password. */
import type { ConnectionFault, StoreCheck } from '#contract/connections.ts';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { askStore, basic, type StoreSaid, type StoreSilent } from './store-call.ts';

/** May its key read orders, customers and states? */
export async function checkPrestaShop(guarded: GuardedFetch, api: StoreApi): Promise<StoreCheck> {
  const missing: ConnectionFault[] = [];
  let version: string | null = null;
  for (const [path, fault] of [
    ['/orders?display=[id]&limit=1', 'scope_orders'],
    ['/customers?display=[id]&limit=1', 'scope_customers'],
    ['/order_states?display=[id]&limit=1', 'scope_states'],
    ['/currencies?display=[id]&limit=1', 'scope_currencies'],
  ] as const) {
    const said = await askPrestaShop(guarded, api, path);
    if ('fault' in said) return { ok: false, missing: [said.fault], version, webhooks: null };
    version ??= said.headers['psws-version'] ?? null;
    if (said.status === 404 && said.json !== undefined)
      return { ok: false, missing: ['not_the_api'], version, webhooks: null };
    if (said.status !== 200) missing.push(fault);
  }
  return { ok: missing.length === 0, missing, version, webhooks: null };
}

/** `path` with its query, below `/api`. */
export function askPrestaShop(guarded: GuardedFetch, api: StoreApi, path: string): Promise<StoreSaid | StoreSilent> {
  const url = `${api.address}/api${path}${path.includes('?') ? '&' : '?'}output_format=JSON`;
  return askStore(guarded, {
    url,
    headers: { accept: 'application/json', authorization: basic(api.credentials.key ?? '', '') },
  });
}
