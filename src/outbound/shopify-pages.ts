/**
 * A store's customers, then its orders, by Shopify's bulk operations: Shopify writes a file of JSON lines in the background, we ask whether
 * it is ready, fetch it, and hand its objects on. The place to go on from names the operation and how much of its file was taken.
 */
import type { ConnectionFault } from '#contract/connections.ts';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { BrokenLine, bucketsFor, ParentBuckets } from './parent-buckets.ts';
import { askData, isRecord, nodes } from './shopify.ts';
import { askOperation, askScopes, bulkQuery, type ShopifyPhase, startOperation } from './shopify-queries.ts';
import type { StoreSilent } from './store-call.ts';
import type { PageQuestion, PulledObject, StorePage } from './store-pages.ts';

/** Objects of one page. */
const size = 250;
/** Between two questions whether an operation ended; a round of pulls is a minute. */
const pollMs = 5_000;
/** How often an operation that failed is begun anew. */
const mostTries = 6;
/** For a whole file, and between two pieces of it. */
const longestMs = 3_600_000;
const stallMs = 60_000;

interface Place {
  readonly phase: ShopifyPhase;
  /** null: not begun. */
  readonly operation: string | null;
  /** Whether it was asked for the items of orders. */
  readonly lines: boolean;
  /** Buckets of its file (0: not fetched yet), the one at hand, and how many of its objects were taken. */
  readonly of: number;
  readonly bucket: number;
  readonly at: number;
  /** Objects of the phases before. */
  readonly before: number;
  /** How often this phase's operation failed. */
  readonly tries: number;
}

const beginning: Place = {
  ...{ phase: 'customers', operation: null, lines: false, of: 0, bucket: 0, at: 0, before: 0, tries: 0 },
};

interface Operation {
  readonly status: string;
  readonly errorCode: string | null;
  readonly objects: number;
  readonly bytes: number;
  readonly url: string | null;
  readonly partialUrl: string | null;
}

/** Goes on for as long as it is asked; after a fault or a wait with the same place again. */
export async function* readShopifyPages(
  guarded: GuardedFetch,
  api: StoreApi,
  { cursor, since }: PageQuestion,
): AsyncGenerator<StorePage | StoreSilent, void> {
  let place = readPlace(cursor);
  for (;;) {
    if (place.operation === null) {
      const begun = await begin(guarded, api, place.phase, since);
      if ('fault' in begun) {
        yield begun;
        continue;
      }
      place = { ...place, ...begun };
      yield { objects: [], cursor: JSON.stringify(place), expected: null };
    }
    const found = await look(guarded, api, place.operation ?? '');
    if ('fault' in found) {
      yield found;
      continue;
    }
    if (found.status === 'CREATED' || found.status === 'RUNNING' || found.status === 'CANCELING') {
      yield { objects: [], cursor: JSON.stringify(place), expected: null, waitMs: pollMs };
      continue;
    }
    if (found.status === 'COMPLETED' && (found.url !== null || found.objects === 0)) {
      const taken = yield* take(guarded, found, place, false);
      if (taken === 'again') continue;
      if (place.phase === 'orders') {
        yield { objects: [], cursor: null, expected: null };
        return;
      }
      place = { ...beginning, phase: 'orders', before: place.before + found.objects };
      yield { objects: [], cursor: JSON.stringify(place), expected: null };
      continue;
    }
    if (found.errorCode === 'ACCESS_DENIED') {
      yield { fault: place.phase === 'orders' ? 'scope_orders' : 'scope_customers', afterMs: null };
      continue;
    }
    // failed, cancelled, or its file is gone after seven days: what there is of it, and then anew
    if (found.partialUrl !== null && (yield* take(guarded, found, place, true)) === 'again') continue;
    place = { ...beginning, phase: place.phase, before: place.before, tries: place.tries + 1 };
    yield { objects: [], cursor: JSON.stringify(place), expected: null };
    yield {
      fault: 'operation_failed',
      afterMs: place.tries * 60_000,
      ...(place.tries >= mostTries ? { final: true } : {}),
    };
  }

  /** `again`: the file could not be fetched, which was said. */
  async function* take(
    from: GuardedFetch,
    operation: Operation,
    begun: Place,
    partial: boolean,
  ): AsyncGenerator<StorePage | StoreSilent, 'taken' | 'again'> {
    const url = partial ? operation.partialUrl : operation.url;
    if (url === null) return 'taken';
    const of = begun.of === 0 ? bucketsFor(operation.bytes) : begun.of;
    const buckets = await ParentBuckets.open(of, {
      lists: begun.lines ? { LineItem: 'lineItems' } : {},
      partial,
    });
    try {
      const fault = await fetchFile(from, url, api.address.startsWith('http:'), buckets);
      if (fault !== null) {
        yield { fault, afterMs: null };
        return 'again';
      }
      for (let { bucket } = begun; bucket < of; bucket++) {
        const found = await buckets.nodes(bucket);
        for (let at = bucket === begun.bucket ? begun.at : 0; at < found.length; at += size) {
          const objects = found.slice(at, at + size).map(({ id, text }) => objectOf(begun.phase, id, text));
          const next = { ...begun, of, bucket, at: at + size };
          place = partial ? place : next;
          const expected = partial ? null : begun.before + operation.objects;
          yield { objects, cursor: JSON.stringify(place), expected, ...(partial ? { again: true } : {}) };
        }
      }
      return 'taken';
    } finally {
      await buckets.close();
    }
  }
}

function objectOf(phase: ShopifyPhase, id: string, text: string): PulledObject {
  return { topic: phase === 'orders' ? 'graphql/order' : 'graphql/customer', name: `${phase}:${id}`, text };
}

async function fetchFile(
  guarded: GuardedFetch,
  url: string,
  plain: boolean,
  buckets: ParentBuckets,
): Promise<ConnectionFault | null> {
  try {
    const call = { url, timeoutMs: longestMs, stallMs, maxRedirects: 3, plain };
    const taken = await guarded.open(call, async ({ status, pieces }): Promise<ConnectionFault | null> => {
      if (status === 429 || status === 503) return 'limited';
      if (status !== 200) return status >= 500 ? 'no_answer' : 'not_the_api';
      for await (const piece of pieces) await buckets.add(piece);
      await buckets.end();
      return null;
    });
    return taken !== null && typeof taken === 'object' ? 'no_answer' : taken;
  } catch (error) {
    if (error instanceof BrokenLine) return 'not_the_api';
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return 'disk_full';
    throw error;
  }
}

/** The id of the operation. An app may have few at a time in a store: while they run, this one waits. */
async function begin(
  guarded: GuardedFetch,
  api: StoreApi,
  phase: ShopifyPhase,
  since: number | null,
): Promise<{ readonly operation: string; readonly lines: boolean } | StoreSilent> {
  const scopes = await askData(guarded, api, askScopes);
  if ('fault' in scopes) return scopes;
  const lines =
    phase === 'orders' &&
    nodes(scopes.data.currentAppInstallation, 'accessScopes').some(({ handle }) =>
      /^(read|write)_products$/.test(String(handle)),
    );
  const said = await askData(guarded, api, startOperation, { query: bulkQuery(phase, since, lines) });
  if ('fault' in said) return said;
  const made = said.data.bulkOperationRunQuery;
  const operation = isRecord(made) && isRecord(made.bulkOperation) ? made.bulkOperation.id : null;
  if (typeof operation === 'string') return { operation, lines };
  const busy = nodes(made, 'userErrors').some(
    ({ code, message }) =>
      code === 'OPERATION_IN_PROGRESS' || code === 'LIMIT_REACHED' || /already in progress/i.test(String(message)),
  );
  return busy ? { fault: 'busy', afterMs: null } : { fault: 'operation_failed', afterMs: null, final: true };
}

async function look(guarded: GuardedFetch, api: StoreApi, id: string): Promise<Operation | StoreSilent> {
  const said = await askData(guarded, api, askOperation, { id });
  if ('fault' in said) return said;
  const { node } = said.data;
  // forgotten by the store: as one whose file is gone
  const found = isRecord(node) ? node : { status: 'EXPIRED' };
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return {
    status: String(found.status),
    errorCode: text(found.errorCode),
    objects: Number(found.rootObjectCount ?? 0),
    // of partial data the size is not said
    bytes: Number(found.fileSize ?? Number(found.objectCount ?? 0) * 1_000),
    url: text(found.url),
    partialUrl: text(found.partialDataUrl),
  };
}

function readPlace(cursor: string | null): Place {
  return cursor === null ? beginning : { ...beginning, ...JSON.parse(cursor) };
}
