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
import type { Found, ShopRows } from './shop-rows.ts';
import { isStale } from './stale.ts';
import { sendBatch, standsAlone } from './write-batch.ts';

/** The next batch's items; null: that was the last. Asked for while earlier ones are decided. */
export type NextItems = () => Promise<readonly Item[] | null>;

/** Claimed and not decided yet: one loaded, one looked up, one just claimed. */
const mostWaiting = 3;

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
  const line = new WaitingLine(client, next, tools);
  for (let ahead = 1; ahead < mostWaiting; ahead++) await line.claim();
  let prepared = await prepareItems(client, first, tools);
  for (;;) {
    const advancing = heard(line.advance(prepared));
    const decided = await decidePrepared(client, prepared, tools);
    line.passes(decided);
    const { taken } = await sendBatch(client, decided, tools, came);
    written.push(taken);
    onDecided(decided);
    await advancing;
    const following = line.shift();
    if (following === undefined) break;
    if (standsAlone(prepared.items)) await taken;
    prepared = (await line.prepared(following)) ?? (await prepareItems(client, following.items, tools));
  }
  await Promise.all(written);
}

interface Waiting {
  readonly items: readonly Item[];
  /** null: nothing was looked up of it that still holds. */
  ahead: Ahead | null;
}

interface Ahead {
  readonly shops: ReadonlyMap<ShopId, ShopRows>;
  readonly repeats: Promise<ReadonlySet<Item>>;
  /** Whom the items lead to; null once they are loaded, or being loaded. */
  found: readonly Found[] | null;
  loading: Promise<void>;
}

/** Batches claimed and not decided, oldest first. */
class WaitingLine {
  readonly #client: ClientBase;
  readonly #next: NextItems;
  readonly #tools: ApplyTools;
  readonly #waiting: Waiting[] = [];
  /** Of each shop as the last batch left it. */
  readonly #latest = new Map<ShopId, ShopRows>();
  #isOver = false;

  constructor(client: ClientBase, next: NextItems, tools: ApplyTools) {
    this.#client = client;
    this.#next = next;
    this.#tools = tools;
  }

  async claim(): Promise<void> {
    if (this.#isOver || this.#waiting.length === mostWaiting) return;
    const items = await this.#next();
    if (items === null) this.#isOver = true;
    else this.#waiting.push({ items, ahead: null });
  }

  /**
   * Each batch one step on: what was claimed is looked up, what was looked up is loaded, another is claimed. All of it is sent at once, and so
   * before what the present batch writes: it is answered while that is carried out.
   */
  async advance(present: Prepared): Promise<void> {
    const before = [present.items];
    const steps: Promise<unknown>[] = [];
    for (const one of this.#waiting) {
      steps.push(one.ahead === null ? this.#lookUp(one, present, before) : this.#load(one.ahead));
      before.push(one.items);
    }
    await Promise.all([...steps, this.claim()]);
  }

  /** Before a batch is written: whoever looked up what it changed does so again. */
  passes({ shops }: DecidedBatch): void {
    for (const { rows } of shops) this.#latest.set(rows.shopId, rows);
    for (const one of this.#waiting) if (isTouched(one.ahead, shops)) one.ahead = null;
  }

  shift(): Waiting | undefined {
    return this.#waiting.shift();
  }

  /** What was looked up ahead, where it still holds. */
  async prepared({ items, ahead }: Waiting): Promise<Prepared | null> {
    if (ahead === null) return null;
    await this.#load(ahead);
    const { shops } = ahead;
    // the chain of history has moved on
    for (const rows of shops.values()) rows.ledger = this.#latest.get(rows.shopId)?.ledger ?? rows.ledger;
    return { items, repeats: await ahead.repeats, shops };
  }

  /** As if its shops were as the present batch found them; not where that cannot be. */
  async #lookUp(one: Waiting, present: Prepared, before: readonly (readonly Item[])[]): Promise<void> {
    const { items } = one;
    if ([items, ...before].some(standsAlone)) return;
    const shops = new Map<ShopId, ShopRows>();
    for (const shop of shopsOf(items)) {
      const known = present.shops.get(shop);
      if (known === undefined) return;
      shops.set(shop, shopRows(known));
    }
    const facts = before.reduce((sum, earlier) => sum + factsOf(earlier), factsOf(items));
    const repeats = heard(findRepeats(this.#client, items, before.flat()));
    const ahead: Ahead = { shops, repeats, found: null, loading: Promise.resolve() };
    one.ahead = ahead;
    const [found, heads] = await Promise.all([
      findNeeds(this.#client, predicted(shops, items, this.#tools.keys), hashes(this.#tools.keys)),
      loadShops(this.#client, [...shops.keys()]),
      repeats,
      reserveIds(this.#client, facts, this.#tools),
    ]);
    ahead.found = found;
    if (![...shops.values()].every((rows) => isSameShop(rows, heads.get(rows.shopId)))) one.ahead = null;
  }

  #load(ahead: Ahead): Promise<void> {
    if (ahead.found !== null) ahead.loading = heard(loadProfiles(this.#client, ahead.found));
    ahead.found = null;
    return ahead.loading;
  }
}

function isTouched(ahead: Ahead | null, shops: DecidedBatch['shops']): boolean {
  return shops.some((shop) => {
    const rows = ahead?.shops.get(shop.rows.shopId);
    return rows !== undefined && isStale(rows, shop);
  });
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

/** A promise that is awaited later: should it fail before, that is no fault nobody heard of. */
function heard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
