/** Which pulls this process works on: locks of one connection, free the moment the process is gone. */
import type { Pool, PoolClient } from 'pg';

export class PullLocks {
  readonly #pool: Pool;
  readonly #held = new Set<string>();
  /** Questions under way: the connection must not go while one waits for its answer. */
  #asking = 0;
  #client: Promise<PoolClient> | null = null;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** False: another process has it. Again true for what is held already. */
  async hold(name: string): Promise<boolean> {
    if (this.#held.has(name)) return true;
    this.#asking += 1;
    try {
      const client = await this.#connect();
      const { rows } = await client.query<{ mine: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('pull ' || $1, 0)) as mine`,
        [name],
      );
      const mine = rows[0]?.mine === true;
      if (mine) this.#held.add(name);
      return mine;
    } finally {
      this.#asking -= 1;
    }
  }

  /** The connection goes back to the pool with the last one. */
  async free(name: string): Promise<void> {
    if (!this.#held.delete(name) || this.#client === null) return;
    const client = await this.#client;
    await client.query(`select pg_advisory_unlock(hashtextextended('pull ' || $1, 0))`, [name]);
    if (this.#held.size === 0 && this.#asking === 0) await this.end();
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#held.clear();
    // closed, not handed back: whatever lock is left goes with it
    (await client)?.release(true);
  }

  #connect(): Promise<PoolClient> {
    this.#client ??= this.#open();
    return this.#client;
  }

  async #open(): Promise<PoolClient> {
    try {
      const client = await this.#pool.connect();
      client.once('end', () => this.#lost());
      return client;
    } catch (error) {
      this.#client = null;
      throw error;
    }
  }

  /** With the connection the server let go of its locks. */
  #lost(): void {
    if (this.#client === null) return;
    void this.#client.then((client) => client.release(true));
    this.#client = null;
    this.#held.clear();
  }
}
