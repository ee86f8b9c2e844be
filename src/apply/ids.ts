/** Ids of new rows, known before they are written: a thousand from each step of a sequence. */
import type { ClientBase } from 'pg';

const block = 1000;

export class IdBlocks {
  readonly #sequence: 'profile_id' | 'order_id';
  #next = 0;
  #left = 0;
  #blocks: number[] = [];

  constructor(sequence: 'profile_id' | 'order_id') {
    this.#sequence = sequence;
  }

  /** Makes sure that `count` ids can be taken. */
  async reserve(client: ClientBase, count: number): Promise<void> {
    const missing = Math.ceil((count - this.#left - this.#blocks.length * block) / block);
    if (missing <= 0) return;
    const { rows } = await client.query({
      name: `reserve ${this.#sequence}`,
      text: `select nextval('${this.#sequence}') as first from generate_series(1, $1::int)`,
      values: [missing],
    });
    for (const row of rows) this.#blocks.push(row.first);
  }

  take(): number {
    if (this.#left === 0) {
      const first = this.#blocks.shift();
      if (first === undefined) throw new Error(`no ${this.#sequence} was reserved`);
      this.#next = first;
      this.#left = block;
    }
    this.#left -= 1;
    return this.#next++;
  }
}
