import type { ClientBase } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { Seq } from '#domain/ids.ts';
import type { Envelope } from './envelope.ts';

/** `bulk` carries imports and pulls: appliers take it only when no live row waits. */
export type Lane = 'live' | 'bulk';

export interface Appended {
  readonly seq: Seq;
  /** The envelope's `arrivedAt`, which is also the journal row's `received_at`. */
  readonly receivedAt: Instant;
}

/** One micro-batch of one shard, as claimed. Item i of `body` (decodeBatch) has seq = batchId × 1024 + i. */
export interface Claimed {
  readonly shard: number;
  readonly lane: Lane;
  readonly batchId: number;
  readonly n: number;
  readonly body: Buffer;
  /** Applied before (a replay after an unclear commit): skip its items, but `remove` it with the others. */
  readonly known: boolean;
}

/** Micro-batches that the database does not have yet. They were answered as accepted. */
export interface Spooled {
  /** Calls go to the disk at the moment. */
  readonly spooling: boolean;
  readonly bytes: number;
  readonly calls: number;
  readonly oldestAt: Instant | null;
  /** Files that only a person may replay: older than the ids that are remembered. */
  readonly tooOld: number;
}

/** Where received items wait, durable, between the door and apply. */
export interface IntakeEngine {
  /** Resolves after the commit. Rejects with `OverCapacity` or `IntakeUnavailable`: nothing was promised then. */
  append(envelope: Envelope, lane: Lane): Promise<Appended>;
  /** 0 (idle) to 1 (full): doors shed what matters less from 0.5 on. */
  pressure(): number;
  /** What waits on this process's disk for the database; null: it has no spool. */
  spooled(): Spooled | null;
  /**
   * Rows of these shards, live lane first, then oldest first, whole micro-batches: at most `limit` items, `bulkLimit` of them of the bulk
   * lane (whoever calls live meanwhile waits for them), but at least one row, and one of the bulk lane where there is room.
   * Call it inside the applier's transaction, after the shard locks.
   */
  claim(client: ClientBase, shards: readonly number[], limit: number, bulkLimit: number): Promise<Claimed[]>;
  /**
   * Deletes claimed rows and remembers their ids, in the applier's transaction. When fewer rows vanish than were claimed the statement
   * fails on the server (division by zero), so that a pipelined COMMIT after it rolls back.
   */
  remove(client: ClientBase, claimed: readonly Claimed[]): Promise<void>;
  /** Refuses new items, waits until what was taken is committed or failed, gives the instance number back. */
  stop(): Promise<void>;
}

/** Channel notified with every flush; the payload names the shards, comma between. */
export const intakeChannel = 'intake';

export class OverCapacity extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('intake is over capacity');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class IntakeUnavailable extends Error {
  constructor(cause: unknown) {
    super('intake is not available', { cause });
  }
}

/** The shard of a shop: `n` is fixed at the first start (house: Intake). */
export function shardOf(shop: number, shards: number): number {
  return shop % shards;
}
