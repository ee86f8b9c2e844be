import type { Notification, Pool, PoolClient } from 'pg';

export interface AppliedFeed {
  /** Calls `wake` after each batch that touched the shop, until the answer is called. */
  watch(shop: number, wake: () => void): () => void;
  /** Calls `wake` after each word on the channel, whatever it says, and when the connection was lost in between. */
  watchAll(wake: () => void): () => void;
  stop(): void;
}

const retryMs = 1_000;

/**
 * One connection that listens while somebody watches. A lost connection is taken up again, and everyone looks then: what was applied
 * in between is not missed. `channel` carries `{"shop":[…]}`.
 */
export function startAppliedFeed(
  pool: Pool,
  channel: string,
  onFault: (event: string, error: unknown) => void,
): AppliedFeed {
  const watchers = new Map<number | 'all', Set<() => void>>();
  let client: PoolClient | null = null;
  let opening = false;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;

  const wakeAll = (): void => {
    for (const set of watchers.values()) for (const wake of set) wake();
  };
  const heard = (message: Notification): void => {
    const shops = readShops(message.payload);
    if (shops === null) wakeAll();
    else for (const one of [...shops, 'all' as const]) for (const wake of watchers.get(one) ?? []) wake();
  };
  const lose = (lost: PoolClient, error: Error): void => {
    if (client === lost) client = null;
    lost.removeAllListeners('notification');
    lost.release(error);
    onFault('live.listen', error);
    timer ??= setTimeout(() => {
      timer = null;
      open();
    }, retryMs);
  };

  function open(): void {
    if (stopped || opening || client !== null || watchers.size === 0) return;
    opening = true;
    pool
      .connect()
      .then(async (taken) => {
        client = taken;
        taken.once('error', (error) => lose(taken, error));
        taken.on('notification', heard);
        await taken.query(`listen ${channel}`);
        if (stopped) close();
        else wakeAll();
      })
      .catch((error) => {
        onFault('live.listen', error);
        timer ??= setTimeout(() => {
          timer = null;
          open();
        }, retryMs);
      })
      .finally(() => {
        opening = false;
      });
  }

  function close(): void {
    const held = client;
    client = null;
    held?.removeAllListeners('notification');
    held?.removeAllListeners('error');
    held?.on('error', () => undefined);
    held?.release(true);
  }

  function watch(of: number | 'all', wake: () => void): () => void {
    const set = watchers.get(of) ?? new Set();
    set.add(wake);
    watchers.set(of, set);
    open();
    return () => {
      set.delete(wake);
      if (set.size === 0) watchers.delete(of);
      if (watchers.size === 0 && !opening) close();
    };
  }

  return {
    watch,
    watchAll: (wake) => watch('all', wake),
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      watchers.clear();
      close();
    },
  };
}

/** null: a payload we do not know; everyone looks. */
function readShops(payload: string | undefined): readonly number[] | null {
  try {
    const value: unknown = JSON.parse(payload ?? '');
    if (typeof value === 'object' && value !== null && 'shop' in value && Array.isArray(value.shop)) return value.shop;
  } catch {
    // Not JSON: the same as unknown.
  }
  return null;
}
