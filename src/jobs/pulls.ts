/** Reads stores that can be asked: their history when a merchant wants it, and each hour what a missed delivery lost (rules §5: neither is new). */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type IntakeEngine, OverCapacity } from '#intake/engine.ts';
import { pullKey } from '#intake/import-key.ts';
import type { GuardedFetch } from '#outbound/guarded-fetch.ts';
import type { StoreSilent } from '#outbound/store-call.ts';
import { type PulledObject, readStorePages, type StorePages } from '#outbound/store-pages.ts';
import { findStoreApi } from '#store/connection.ts';
import {
  countBulkWaiting,
  type DuePull,
  listDuePulls,
  listReconciliations,
  pullsJobName,
  savePullFault,
  savePullStep,
  startPull,
} from '#store/pull.ts';
import { PullLocks } from '#store/pull-locks.ts';
import type { Keys } from '#store/secret.ts';
import { parseExact, writeShopItem } from '#wire/shop-item.ts';
import { isStorePlatform, keepStoreObject, type StorePlatform } from '#wire/store.ts';
import { endHistories } from './import/history.ts';
import type { Job } from './runner.ts';

export interface PullTools {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly engine: IntakeEngine;
  readonly guarded: GuardedFetch;
  readonly now: () => Instant;
  /** Raised when this process is to end: another goes on with what is left. */
  readonly ending: AbortSignal;
  /** Where the worker ends a run, so that the next minute's goes on; default 50 s. */
  readonly runMs?: number;
}

const minuteMs = 60_000;
const reconcileMs = 60 * minuteMs;
/** So often is a store asked again that does not answer, before its pull is given up: about a day. */
const mostFailures = 30;
/** A refusal is no weather: asking again changes nothing. */
const forGood = new Set(['keys_wrong', 'scope_orders', 'scope_customers', 'scope_states', 'scope_currencies']);
/** Received and not yet applied, of all shops: a store is read no faster than it is taken in. */
const mostAhead = 20_000;
/** Between two looks whether what was received is applied. */
const lookMs = 200;
/** Runs at a time: a file that takes minutes must leave other jobs their place. */
const mostRuns = 2;

/** A store that is being read; between two runs it stays where it is, for what was fetched is not fetched again. */
interface Reader {
  readonly of: string;
  readonly pages: StorePages;
  cursor: string | null;
}

export function pullsJob(tools: PullTools): Job {
  const pulls = new Pulls(tools);
  return {
    name: pullsJobName,
    schedule: '* * * * *',
    run: () => pulls.run(),
  };
}

class Pulls {
  readonly #tools: PullTools;
  readonly #ending: AbortSignal;
  readonly #locks: PullLocks;
  readonly #readers = new Map<string, Reader>();
  readonly #busy = new Set<string>();
  #runs = 0;

  constructor(tools: PullTools) {
    this.#tools = tools;
    this.#ending = tools.ending;
    this.#locks = new PullLocks(tools.pool);
    this.#ending.addEventListener('abort', () => {
      if (this.#runs === 0) void this.#end();
    });
  }

  async run(): Promise<void> {
    if (this.#runs >= mostRuns) return;
    this.#runs += 1;
    try {
      const { pool, now, runMs } = this.#tools;
      const until = performance.now() + (runMs ?? 50_000);
      for (const due of await listReconciliations(pool, now() - reconcileMs))
        await startPull(pool, due, due.since, now());
      await Promise.all((await listDuePulls(pool, now())).map((due) => this.#one(due, until)));
      while ((await endHistories(pool, now())) > 0 && !this.#ending.aborted)
        if (!(await this.#rest(lookMs, until))) break;
    } finally {
      this.#runs -= 1;
      if (this.#ending.aborted && this.#runs === 0) await this.#end();
    }
  }

  /** One process reads a store at a time, and one run. */
  async #one(due: DuePull, until: number): Promise<void> {
    const name = `${due.shopId} ${due.connectionId} ${due.kind}`;
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    try {
      if (!(await this.#locks.hold(name))) return;
      const goesOn = await this.#goOn(due, name, until);
      if (!goesOn) {
        await this.#close(name);
        await this.#locks.free(name);
      }
    } catch (error) {
      await this.#close(name);
      throw error;
    } finally {
      this.#busy.delete(name);
    }
  }

  /** Page after page, until it is done (false), has to wait, or the run is over. */
  async #goOn(due: DuePull, name: string, until: number): Promise<boolean> {
    const { pool, now } = this.#tools;
    let { failures } = due;
    const reader = await this.#reader(due, name);
    if (reader === null || !isStorePlatform(due.platform)) {
      await savePullFault(pool, due, 'not_the_api', null, now());
      return false;
    }
    while (performance.now() < until && !this.#ending.aborted) {
      if ((await countBulkWaiting(pool)) > mostAhead) {
        await pause(lookMs);
        continue;
      }
      const { value: page } = await reader.pages.next();
      if (page === undefined) return false;
      if ('fault' in page) {
        const nextAt = nextTry(now(), page, failures);
        await savePullFault(pool, due, page.fault, nextAt, now());
        if (nextAt === null) return false;
        failures += 1;
        if (!(await this.#rest(nextAt - now(), until))) return true;
        continue;
      }
      const { platform } = due;
      await Promise.all(page.objects.map((object) => this.#append(due, platform, object)));
      const { cursor, expected, waitMs: comesIn, again } = page;
      const step = {
        cursor,
        objects: again === true ? 0 : page.objects.length,
        expected,
        nextAt: comesIn === undefined ? null : now() + comesIn,
      };
      if (!(await savePullStep(pool, due, step, now())) || cursor === null) return false;
      reader.cursor = cursor;
      failures = 0;
      if (comesIn !== undefined && !(await this.#rest(comesIn, until))) return true;
    }
    return true;
  }

  /** Waits where that is shorter than what is left of the run. False: the next run goes on. */
  async #rest(ms: number, until: number): Promise<boolean> {
    if (performance.now() + ms >= until) return false;
    await pause(Math.max(0, ms), undefined, { signal: this.#ending }).catch(() => undefined);
    return true;
  }

  /** The one that stands where the pull stands, or another. null: the store is not asked. */
  async #reader(due: DuePull, name: string): Promise<Reader | null> {
    const { pool, keys, guarded } = this.#tools;
    const api = await findStoreApi(pool, keys, due.shopId, due.connectionId);
    if (api === null) return null;
    const { cursor, since, startedAt, platform, zone } = due;
    const of = JSON.stringify([api, startedAt, since, zone]);
    const known = this.#readers.get(name);
    if (known !== undefined && known.of === of && known.cursor === cursor) return known;
    await this.#close(name);
    const pages = readStorePages(guarded, platform, api, { cursor, since, zone });
    if (pages === null) return null;
    const reader = { of, pages, cursor };
    this.#readers.set(name, reader);
    return reader;
  }

  async #close(name: string): Promise<void> {
    const reader = this.#readers.get(name);
    this.#readers.delete(name);
    await reader?.pages.return();
  }

  async #end(): Promise<void> {
    for (const name of this.#readers.keys()) await this.#close(name);
    await this.#locks.end();
  }

  /** Behind everything that is live. The same object again is a repeat, whoever asks for it. */
  async #append(
    { shopId, connectionId, kind, store, importId }: DuePull,
    platform: StorePlatform,
    { topic, name, text }: PulledObject,
  ): Promise<void> {
    const { engine, now } = this.#tools;
    const parsed = parseExact(Buffer.from(text));
    const body = 'fault' in parsed ? null : keepStoreObject(platform, topic, parsed.value);
    const raw = writeShopItem({ topic, occurredAt: null, zone: null, currency: null, body });
    const hash = createHash('sha256').update(raw).digest('base64url').slice(0, 22);
    const envelope = {
      shopId,
      format: `store/${platform}`,
      arrivedAt: now(),
      source: { kind: 'pull', store } as const,
      pageHost: null,
      mayRead: false,
      test: false,
      headers: {},
      ip: null,
      minted: null,
      door: 'accepted' as const,
      deliveryKey: pullKey(connectionId, kind, importId, name, hash),
      raw: Buffer.from(raw),
    };
    for (let wait = 100; ; wait = Math.min(5_000, wait * 2)) {
      try {
        await engine.append(envelope, 'bulk');
        return;
      } catch (error) {
        if (!(error instanceof OverCapacity)) throw error;
        await pause(wait);
      }
    }
  }
}

/** What the store asked for, else 1, 2, 4 … 60 minutes; null: not again. */
function nextTry(now: Instant, { fault, afterMs, final }: StoreSilent, failures: number): Instant | null {
  if (final === true || forGood.has(fault) || failures >= mostFailures) return null;
  return now + (afterMs ?? Math.min(60, 2 ** Math.min(failures, 6)) * minuteMs);
}
