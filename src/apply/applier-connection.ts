/** A connection that applies: its plans, and when they are made again. */
import type pg from 'pg';

/** To an empty table any index is as good as another, so plans are made again as tables grow: at each doubling, later after so many items, at each look. */
const firstReplan = 1_000;
const replanEvery = 10_000;
/** Every statement of an applier looks rows up by a set of keys: a nested loop over an index, whatever the tables' statistics say. */
const planSettings = [
  'plan_cache_mode = force_generic_plan',
  'enable_seqscan = off',
  'enable_hashjoin = off',
  'enable_mergejoin = off',
  'jit = off',
];

/** Connects. */
export async function prepare(client: pg.Client): Promise<void> {
  await client.connect();
  for (const setting of planSettings) await client.query(`set ${setting}`);
}

/** When a connection's plans are made again. */
export class Plans {
  #applied = 0;
  #renewAt = firstReplan;

  async grew(client: pg.Client, items: number): Promise<void> {
    this.#applied += items;
    if (this.#applied < this.#renewAt) return;
    this.#renewAt = this.#applied + Math.min(this.#applied, replanEvery);
    await this.renew(client);
  }

  async renew(client: pg.Client): Promise<void> {
    await client.query('discard plans');
  }
}
