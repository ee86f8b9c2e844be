/** Received items on their way through the rules: read, decided, written, with their journal rows. */
import { randomUUID } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { isDeclaredBot } from '#domain/bots.ts';
import { decide } from '#domain/decide.ts';
import type { Instant, Statement } from '#domain/facts.ts';
import { orderId, profileId, type Seq, type ShopId } from '#domain/ids.ts';
import type { Outcome } from '#domain/outcome.ts';
import { ShopWorld } from '#domain/world.ts';
import type { AddressKey, Need, WorldSupply } from '#domain/world-rows.ts';
import type { Envelope } from '#intake/envelope.ts';
import { hashAddress, hideReference, type Keys } from '#store/secret.ts';
import { readToken, tokenStands } from '#store/token.ts';
import { decode } from '#wire/decode.ts';
import { type Decoded, type WireFormat, wireFormats } from '#wire/decoded.ts';
import { writeConfirmationAsks } from './confirmation-rows.ts';
import { countItems, countWorlds } from './day-counts.ts';
import { findRepeats } from './delivery.ts';
import { IdBlocks } from './ids.ts';
import { writeImportLines } from './import-rows.ts';
import { writeLedger } from './ledger.ts';
import { loadNeeds, loadShops, worldOf } from './load.ts';
import { predictNeeds } from './predict.ts';
import { writePullCounts } from './pull-rows.ts';
import { askRedecide, derivesOrders } from './redecide.ts';
import type { Hashes, ShopRows } from './shop-rows.ts';
import { writeDeliveries } from './webhook-rows.ts';
import { type DecidedShop, writeWorlds } from './write.ts';

export interface Item {
  readonly seq: Seq;
  readonly envelope: Envelope;
  readonly format: WireFormat;
  readonly decoded: Decoded;
}

export interface DecidedItem {
  readonly item: Item;
  /** null: it could not be read, or came before, and nothing was decided. */
  readonly outcome: Outcome | null;
  /** It was applied before, under another number (rules §6.9). */
  readonly repeated: boolean;
}

/**
 * `new`: they have no journal row, and nothing looks for one · `first`: decided for the first time, by themselves: they may have a row that
 * says they failed · `again`: they were decided and counted before.
 */
export type Came = 'new' | 'first' | 'again';

/** What appliers keep between batches. */
export interface ApplyTools {
  readonly keys: Keys;
  readonly profileIds: IdBlocks;
  readonly orderIds: IdBlocks;
}

/** More rounds than any chain of needs has. */
const maxRounds = 12;
/** Items decided between two looks at what the database answered. */
const breathEvery = 64;

export function applyTools(keys: Keys): ApplyTools {
  return { keys, profileIds: new IdBlocks('profile_id'), orderIds: new IdBlocks('order_id') };
}

/** Reads an item's bytes. Throws for a format this release does not know: our fault, so it will be parked. */
export function readItem(seq: Seq, envelope: Envelope): Item {
  const format = wireFormats.find((known) => known === envelope.format);
  if (format === undefined) throw new Error(`unknown format ${envelope.format}`);
  return { seq, envelope, format, decoded: decode(format, envelope.raw, envelope.minted) };
}

/** Items with what their rules look at, as far as it can be told before deciding. */
export interface Prepared {
  readonly items: readonly Item[];
  readonly repeats: ReadonlySet<Item>;
  /** Without those that were deleted since their items came: nothing of them is kept. */
  readonly shops: ReadonlyMap<ShopId, ShopRows>;
}

export interface DecidedBatch {
  readonly items: readonly DecidedItem[];
  readonly shops: readonly DecidedShop[];
}

/** Loads what the items need and decides them in order; nothing is written yet. Items of one shop keep their order. */
export async function decideItems(
  client: ClientBase,
  items: readonly Item[],
  tools: ApplyTools,
): Promise<DecidedBatch> {
  return decidePrepared(client, await prepareItems(client, items, tools), tools);
}

export async function prepareItems(client: ClientBase, items: readonly Item[], tools: ApplyTools): Promise<Prepared> {
  const repeats = await findRepeats(client, items);
  const shops = await loadShops(client, shopsOf(items));
  await loadNeeds(client, predicted(shops, items, tools.keys), hashes(tools.keys));
  return { items, repeats, shops };
}

/** Loads, round by round, what the rules ask for beside what is prepared. */
export async function decidePrepared(
  client: ClientBase,
  { items, repeats, shops }: Prepared,
  tools: ApplyTools,
): Promise<DecidedBatch> {
  const byShop = Map.groupBy(items, (item) => item.envelope.shopId);
  const decided: DecidedItem[] = [];
  const worlds: DecidedShop[] = [];
  let open: readonly ShopRows[] = [...shops.values()];
  for (let round = 0; open.length > 0; round++) {
    if (round === maxRounds) throw new Error(`the rules still asked for more after ${maxRounds} rounds`);
    const more = new Map<ShopRows, Iterable<Need>>();
    for (const rows of open) {
      const ofShop = byShop.get(rows.shopId) ?? [];
      const { world, outcomes } = await decideShop(client, rows, ofShop, tools, repeats);
      if (world.needs.size > 0) {
        more.set(rows, world.needs.values());
        continue;
      }
      if (derivesOrders(rows.settings, world.settings)) await askRedecide(client, rows.shopId);
      worlds.push({ rows, world });
      ofShop.forEach((item, place) => {
        decided.push({ item, outcome: outcomes[place] ?? null, repeated: repeats.has(item) });
      });
    }
    await loadNeeds(client, more, hashes(tools.keys));
    open = [...more.keys()];
  }
  return { items: decided, shops: worlds };
}

export function* writeDecided(
  client: ClientBase,
  batch: DecidedBatch,
  tools: ApplyTools,
  came: Came,
): Generator<Promise<unknown>[]> {
  const counted = countWorlds(batch.shops);
  if (came !== 'again') countItems(counted, batch.items, batch.shops);
  yield* writeWorlds(client, batch.shops, addressHash(tools.keys));
  yield writeLedger(client, batch);
  yield writeDeliveries(client, batch.items, batch.shops);
  yield writeConfirmationAsks(client, batch.shops);
  yield counted.send(client);
  if (came === 'again') return;
  yield writeImportLines(client, batch.items);
  yield writePullCounts(client, batch.items);
}

/** Decides a shop's items from the start; void while the world needs more. */
async function decideShop(
  client: ClientBase,
  rows: ShopRows,
  items: readonly Item[],
  tools: ApplyTools,
  repeats: ReadonlySet<Item>,
): Promise<{ world: ShopWorld; outcomes: (Outcome | null)[] }> {
  await reserveIds(client, factsOf(items), tools);
  const world = worldOf(rows, supplyOf(tools, rows.shopId));
  const outcomes: (Outcome | null)[] = [];
  for (const item of items) {
    outcomes.push(repeats.has(item) ? null : decideItem(world, item));
    // what was asked for the next batch goes on meanwhile
    if (outcomes.length % breathEvery === 0) await breath();
  }
  return { world, outcomes };
}

/** null: nothing of it could be read. */
function decideItem(world: ShopWorld, item: Item): Outcome | null {
  if (isRead(item)) return decide(world, statementOf(item));
  return item.decoded.word === 'read' ? decideTest(world, item) : null;
}

/** What a test would do for a person and an order nobody knows yet; it touches nothing that is there (rules §6.6). */
function decideTest({ settings, installedAt, supply }: ShopWorld, item: Item): Outcome {
  let last = 0;
  const world = new ShopWorld({
    settings,
    installedAt,
    complete: true,
    supply: { ...supply, profileId: () => profileId(++last), orderId: () => orderId(++last) },
  });
  return { ...decide(world, statementOf(item)), heldFor: null, seenHost: null, released: [] };
}

/** What the items plainly mention, shop by shop. */
export function predicted(
  shops: ReadonlyMap<ShopId, ShopRows>,
  items: readonly Item[],
  keys: Keys,
): Map<ShopRows, readonly Need[]> {
  const wanted = new Map<ShopRows, readonly Need[]>();
  for (const rows of shops.values()) {
    const prediction = {
      needs: [],
      readToken: (value: string) => readToken(keys, rows.shopId, value)?.id ?? null,
      settings: rows.settings,
      erasures: rows.erasures,
    };
    for (const item of items)
      if (item.envelope.shopId === rows.shopId && isRead(item)) predictNeeds(statementOf(item), prediction);
    wanted.set(rows, prediction.needs);
  }
  return wanted;
}

export function shopsOf(items: readonly Item[]): ShopId[] {
  return [...new Set(items.map(({ envelope }) => envelope.shopId))];
}

export function factsOf(items: readonly Item[]): number {
  return items.reduce((sum, { decoded }) => sum + (decoded.word === 'read' ? decoded.facts.length : 0), 0);
}

/** At most one of each is made by a fact. */
export async function reserveIds(client: ClientBase, facts: number, tools: ApplyTools): Promise<void> {
  await Promise.all([tools.profileIds.reserve(client, facts), tools.orderIds.reserve(client, facts)]);
}

function isRead(item: Item): boolean {
  return item.decoded.word === 'read' && !item.envelope.test;
}

function statementOf({ seq, envelope, decoded }: Item): Statement {
  return {
    seq,
    shopId: envelope.shopId,
    arrivedAt: envelope.arrivedAt as Instant,
    source: envelope.source,
    pageHost: envelope.pageHost,
    mayRead: envelope.mayRead,
    test: envelope.test,
    bot: isDeclaredBot(envelope.headers['user-agent']),
    facts: decoded.word === 'read' ? decoded.facts : [],
  };
}

function supplyOf(tools: ApplyTools, shopId: ShopId): WorldSupply {
  return {
    profileId: () => profileId(tools.profileIds.take()),
    orderId: () => orderId(tools.orderIds.take()),
    subjectKey: () => randomUUID(),
    readToken: (value, at, from) => {
      const token = readToken(tools.keys, shopId, value);
      return token !== null && tokenStands(token, at, from) ? token.id : null;
    },
    hideReference: (reference) => hideReference(tools.keys, shopId, reference),
  };
}

export function hashes(keys: Keys): Hashes {
  return { hash: addressHash(keys), hide: (shop, reference) => hideReference(keys, shop, reference) };
}

function addressHash(keys: Keys): (shop: ShopId, key: AddressKey) => Buffer {
  return (shop, key) => hashAddress(keys, shop, key);
}
