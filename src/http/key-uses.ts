import type { Instant } from '#domain/facts.ts';
import type { KeyUse } from '#store/key-use.ts';
import type { ShopKey } from '#store/shop-key.ts';

const flushMs = 2_000;

/** Counts the calls of pairs that have an end, so that it can be said who still has to change theirs; without a query in the call. */
export class KeyUses {
  readonly #save: (uses: readonly KeyUse[]) => Promise<void>;
  readonly #onFault: (event: string, error: unknown) => void;
  #counted = new Map<string, KeyUse>();
  #timer: NodeJS.Timeout | null = null;

  constructor(save: (uses: readonly KeyUse[]) => Promise<void>, onFault: (event: string, error: unknown) => void) {
    this.#save = save;
    this.#onFault = onFault;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.flush();
  }

  saw({ shopId, id, expiresAt }: ShopKey, at: Instant): void {
    if (expiresAt !== null) this.#add({ shop: shopId, keyId: id, day: dayOf(at), calls: 1, lastAt: at });
  }

  /** What could not be saved is counted with the next. */
  async flush(): Promise<void> {
    const counted = [...this.#counted.values()];
    if (counted.length === 0) return;
    this.#counted = new Map();
    try {
      await this.#save(counted);
    } catch (error) {
      for (const use of counted) this.#add(use);
      this.#onFault('keys.flush', error);
    }
  }

  #add(use: KeyUse): void {
    const key = `${use.keyId} ${use.day}`;
    const known = this.#counted.get(key);
    const calls = use.calls + (known?.calls ?? 0);
    this.#counted.set(key, { ...use, calls, lastAt: Math.max(use.lastAt, known?.lastAt ?? 0) });
  }
}

function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
