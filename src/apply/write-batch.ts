import { setImmediate as breath } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { sourceName } from '#domain/source.ts';
import type { Keys } from '#store/secret.ts';
import { carryOutErasure } from './erasure.ts';
import { type ApplyTools, type Came, type DecidedBatch, type Item, writeDecided } from './items.ts';
import { writeJournal } from './journal.ts';
import { writeTraces } from './traces.ts';
import { carryOutUndo } from './undo.ts';

/** Everything decided items leave behind, in the caller's transaction; resolves when the server has taken all of it. */
export async function writeBatch(
  client: ClientBase,
  batch: DecidedBatch,
  tools: ApplyTools,
  came: Came,
): Promise<void> {
  const { taken } = await sendBatch(client, batch, tools, came);
  await taken;
}

/**
 * The same, resolved when all of it was sent. A socket takes a tenth of a large batch at once, and the database waits for the rest as long as this
 * thread is busy: after each statement it looks after the connection.
 */
export async function sendBatch(
  client: ClientBase,
  batch: DecidedBatch,
  tools: ApplyTools,
  came: Came,
): Promise<{ readonly taken: Promise<void> }> {
  const sent: Promise<unknown>[] = [];
  for (const statements of statementsOf(client, batch, tools, came)) {
    if (statements.length === 0) continue;
    // all of them are awaited at the end: one that fails before is no fault nobody heard of
    for (const statement of statements) statement.catch(() => undefined);
    sent.push(...statements);
    await breath();
  }
  const finish = async (): Promise<void> => {
    await Promise.all(sent);
    await eraseDecided(client, batch, tools.keys);
    await undoDecided(client, batch, tools.keys);
  };
  const taken = finish();
  taken.catch(() => undefined);
  return { taken };
}

function* statementsOf(
  client: ClientBase,
  batch: DecidedBatch,
  tools: ApplyTools,
  came: Came,
): Generator<Promise<unknown>[]> {
  yield* writeDecided(client, batch, tools, came);
  yield writeJournal(client, batch.items, came);
  yield writeTraces(client, batch.items, tools.keys, came);
}

/** Takes out whom the items erased; after the batch's other writes. */
export async function eraseDecided(client: ClientBase, { items, shops }: DecidedBatch, keys: Keys): Promise<void> {
  for (const decided of shops) {
    if (decided.world.changes.erased.size === 0) continue;
    const erasing = items.find(({ outcome }) => outcome?.effects.erased !== undefined)?.item.envelope;
    if (erasing === undefined) throw new Error('somebody was erased, and no item says so');
    await carryOutErasure(client, decided, keys, { at: erasing.arrivedAt, source: sourceName(erasing.source) });
  }
}

/** Takes out what an import alone created, where an item undoes it; after the batch's other writes. */
async function undoDecided(client: ClientBase, { items, shops }: DecidedBatch, keys: Keys): Promise<void> {
  for (const { item, outcome } of items) {
    const shop = shops.find(({ rows }) => rows.shopId === item.envelope.shopId);
    if (shop === undefined || outcome?.word !== 'applied' || item.decoded.word !== 'read') continue;
    for (const fact of item.decoded.facts)
      if (fact.type === 'undo') await carryOutUndo(client, shop.rows, keys, fact, item.envelope.arrivedAt);
  }
}

/** An erasure, or an undo, stands alone: what came before it is written when it looks, what comes after looks at what it left. */
export function byErasures(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  let open = false;
  for (const item of items) {
    const erases = takesOut(item);
    const last = parts.at(-1);
    if (erases || !open || last === undefined) parts.push([item]);
    else last.push(item);
    open = !erases;
  }
  return parts;
}

/** Of a part that `byErasures` made. */
export function standsAlone([item]: readonly Item[]): boolean {
  return item !== undefined && takesOut(item);
}

function takesOut({ decoded }: Item): boolean {
  return decoded.word === 'read' && decoded.facts.some(({ type }) => type === 'erase' || type === 'undo');
}
