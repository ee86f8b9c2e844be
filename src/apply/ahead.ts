/**
 * Batches of one transaction, each loaded while the one before it is decided and written, so that the database and this thread
 * work at the same time. What a batch changed and the next had loaded before is loaded again.
 */
import type { ClientBase } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import { findRepeats } from './delivery.ts';
import {
  type ApplyTools,
  type Came,
  type DecidedBatch,
  decidePrepared,
  factsOf,
  hashes,
  type Item,
  type Prepared,
  predicted,
  prepareItems,
  reserveIds,
  shopsOf,
} from './items.ts';
import { findNeeds, loadProfiles, loadShops, shopRows } from './load.ts';
import type { ShopRows } from './shop-rows.ts';
import { isStale } from './stale.ts';
import { standsAlone, writeBatch } from './write-batch.ts';

/** The next batch's items; null: that was the last. Asked for while the one before it is decided. */
export type NextItems = () => Promise<readonly Item[] | null>;

/** Decides and writes batch after batch; resolves when the server has taken all of them. `onDecided` hears of each in turn. */
export async function applyInTurn(
  client: ClientBase,
  next: NextItems,
  tools: ApplyTools,
  came: Came,
  onDecided: (batch: DecidedBatch) => void,
): Promise<void> {
  const written: Promise<void>[] = [];
  const first = await next();
  if (first === null) return;
  let prepared = await prepareItems(client, first, tools);
  let following = await next();
  for (;;) {
    const ahead = following === null ? null : prepareAhead(client, following, prepared, tools);
    const afterwards = following === null ? null : heard(next());
    const decided = await decidePrepared(client, prepared, tools);
    const later = await afterwards;
    // what the next batch looks up goes before what this one writes: it is there when its turn comes
    await ahead?.asked;
    const writing = heard(writeBatch(client, decided, tools, came));
    written.push(writing);
    onDecided(decided);
    if (following === null) break;
    if (standsAlone(prepared.items)) await writing;
    prepared = (await goingOn(ahead, prepared, decided)) ?? (await prepareItems(client, following, tools));
    following = later ?? null;
  }
  await Promise.all(written);
}

interface Ahead {
  /** All of it is on its way to the database. */
  readonly asked: Promise<void>;
  /** null: what was taken as known of a shop is not so. */
  readonly prepared: Promise<Prepared | null>;
}

/** Asks for what the items mention as if their shops were as the batch before found them; null where that cannot be. */
function prepareAhead(client: ClientBase, items: readonly Item[], before: Prepared, tools: ApplyTools): Ahead | null {
  if (standsAlone(items) || standsAlone(before.items)) return null;
  const shops = new Map<ShopId, ShopRows>();
  for (const shop of shopsOf(items)) {
    const known = before.shops.get(shop);
    if (known === undefined) return null;
    shops.set(shop, shopRows(known));
  }
  const finding = Promise.all([
    findNeeds(client, predicted(shops, items, tools.keys), hashes(tools.keys)),
    findRepeats(client, items, before.items),
    loadShops(client, [...shops.keys()]),
    reserveIds(client, factsOf(items) + factsOf(before.items), tools),
  ]);
  // in an object, so that nobody waits for its end who only wants to know that it was sent
  const asking = finding.then(([found]) => ({ loading: heard(loadProfiles(client, found)) }));
  const finish = async (): Promise<Prepared | null> => {
    const [, repeats, present] = await finding;
    await (await asking).loading;
    const same = [...shops.values()].every((rows) => isSameShop(rows, present.get(rows.shopId)));
    return same ? { items, repeats, shops } : null;
  };
  return { asked: heard(asking.then(() => undefined)), prepared: heard(finish()) };
}

function isSameShop(taken: ShopRows, present: ShopRows | undefined): boolean {
  return (
    present !== undefined &&
    present.settings.version === taken.settings.version &&
    present.installedAt === taken.installedAt &&
    present.erasures === taken.erasures &&
    present.addresses === taken.addresses &&
    JSON.stringify(present.listeners) === JSON.stringify(taken.listeners)
  );
}

/** What was prepared ahead, where the batch before left it as it was. */
async function goingOn(ahead: Ahead | null, before: Prepared, decided: DecidedBatch): Promise<Prepared | null> {
  const prepared = ahead === null ? null : await ahead.prepared;
  if (prepared === null) return null;
  for (const shop of decided.shops) {
    const rows = prepared.shops.get(shop.rows.shopId);
    if (rows !== undefined && isStale(rows, shop)) return null;
  }
  // the chain of history has moved on
  for (const rows of prepared.shops.values()) rows.ledger = before.shops.get(rows.shopId)?.ledger ?? rows.ledger;
  return prepared;
}

/** A promise that is awaited later: should it fail before, that is no fault nobody heard of. */
function heard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
