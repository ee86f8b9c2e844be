import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { Seq, ShopId } from '#domain/ids.ts';

/** Where an item stands in the journal. */
export interface JournalKey {
  readonly shopId: ShopId;
  readonly seq: Seq;
  readonly receivedAt: Instant;
}

/** How an item ended, as its journal row says. */
export interface Settled {
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly effects: unknown;
  readonly profileId: number | null;
  readonly orderId: number | null;
}

export interface Settler {
  /** The item's journal row as soon as apply has written it; null when `ms` pass first: the item is safe, its outcome comes later. */
  settle(key: JournalKey, ms: number): Promise<Settled | null>;
  stop(): Promise<void>;
}

/** Channel apply notifies after each batch, with `{"shop":[…]}`. */
export const appliedChannel = 'applied';

interface Waiting {
  readonly key: JournalKey;
  readonly done: (settled: Settled | null) => void;
}

/** A notification may be lost with its connection; waiting callers are looked up this often anyway. */
const lookAgainMs = 1_000;

/** Listens on one connection of `pool` while someone waits or has waited. */
export function startSettler(pool: Pool, onFault: (event: string, error: unknown) => void = () => {}): Settler {
  const waiting = new Set<Waiting>();
  let listening: Promise<void> | null = null;
  let release = () => {};
  let looking = false;
  let lookAgain = false;
  let timer: NodeJS.Timeout | null = null;

  async function listen(): Promise<void> {
    const client = await pool.connect();
    const drop = (error: Error) => {
      listening = null;
      client.off('error', drop);
      client.removeAllListeners('notification');
      client.release(error);
      onFault('settle.listen', error);
    };
    client.on('error', drop);
    release = () => {
      client.off('error', drop);
      client.removeAllListeners('notification');
      client.release(true);
    };
    client.on('notification', (message) => {
      const shops = readShops(message.payload);
      for (const one of waiting) {
        if (shops === null || shops.has(one.key.shopId)) return void look();
      }
    });
    try {
      await client.query(`listen ${appliedChannel}`);
    } catch (error) {
      drop(error instanceof Error ? error : new Error('listen failed'));
      throw error;
    }
  }

  async function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    try {
      do {
        lookAgain = false;
        const asked = [...waiting];
        const found = await findSettled(
          pool,
          asked.map((one) => one.key),
        );
        for (const one of asked) {
          const settled = found.get(nameOf(one.key));
          if (settled !== undefined) one.done(settled);
        }
      } while (lookAgain && waiting.size > 0);
    } catch (error) {
      onFault('settle.look', error);
    } finally {
      looking = false;
    }
  }

  return {
    settle: async (key, ms) => {
      const settled = new Promise<Settled | null>((resolve) => {
        const one: Waiting = {
          key,
          done: (value) => {
            clearTimeout(deadline);
            waiting.delete(one);
            if (waiting.size === 0 && timer !== null) {
              clearInterval(timer);
              timer = null;
            }
            resolve(value);
          },
        };
        const deadline = setTimeout(() => one.done(null), ms);
        waiting.add(one);
      });
      timer ??= setInterval(() => void look(), lookAgainMs);
      listening ??= listen();
      // Listen first, look then: a row written in between is found by the look.
      await listening.catch(() => {
        listening = null;
      });
      void look();
      return settled;
    },
    stop: async () => {
      for (const one of [...waiting]) one.done(null);
      const open = await listening?.then(
        () => true,
        () => false,
      );
      if (open === true && listening !== null) release();
      listening = null;
    },
  };
}

interface SettledRow {
  shop_id: number;
  seq: string;
  outcome: string;
  reasons: string[];
  effects: unknown;
  profile_id: string | null;
  order_id: string | null;
}

/** Journal rows by primary key, one statement for all. Keys are `nameOf`. */
async function findSettled(db: Pool | ClientBase, keys: readonly JournalKey[]): Promise<Map<string, Settled>> {
  const found = new Map<string, Settled>();
  if (keys.length === 0) return found;
  const result = await db.query<SettledRow>(
    `select j.shop_id, j.seq::text as seq, j.outcome, j.reasons, j.effects,
       j.profile_id::text as profile_id, j.order_id::text as order_id
     from unnest($1::int4[], $2::float8[], $3::int8[]) k(shop_id, at, seq)
     join journal j on j.shop_id = k.shop_id and j.received_at = to_timestamp(k.at / 1000) and j.seq = k.seq
       and j.received_at = any ($4::timestamptz[])`,
    [
      keys.map((key) => key.shopId),
      keys.map((key) => key.receivedAt),
      keys.map((key) => key.seq.toString()),
      // alone, the planner leaves out the partitions that hold none of them
      [...new Set(keys.map((key) => key.receivedAt))].map((at) => new Date(at)),
    ],
  );
  for (const row of result.rows) {
    found.set(`${row.shop_id}:${row.seq}`, {
      outcome: row.outcome,
      reasons: row.reasons,
      effects: row.effects,
      profileId: row.profile_id === null ? null : Number(row.profile_id),
      orderId: row.order_id === null ? null : Number(row.order_id),
    });
  }
  return found;
}

function nameOf(key: JournalKey): string {
  return `${key.shopId}:${key.seq}`;
}

/** null: a payload we do not know; everyone looks. */
function readShops(payload: string | undefined): ReadonlySet<number> | null {
  try {
    const value: unknown = JSON.parse(payload ?? '');
    if (typeof value === 'object' && value !== null && 'shop' in value && Array.isArray(value.shop)) {
      return new Set(value.shop);
    }
  } catch {
    // Not JSON: the same as unknown.
  }
  return null;
}
