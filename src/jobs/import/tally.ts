import type { ImportCounts } from '#contract/imports.ts';

type Result = 'created' | 'updated' | 'unchanged' | 'refused';

/** Lines by how they ended and why. */
export class Tally {
  readonly #results = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  readonly #reasons = new Map<string, { reason: string; refused: boolean; n: number }>();

  add(result: Result, reasons: readonly string[]): void {
    this.#results[result] += 1;
    const refused = result === 'refused';
    for (const reason of refused ? reasons.slice(0, 1) : reasons) {
      const known = this.#reasons.get(`${reason} ${refused}`) ?? { reason, refused, n: 0 };
      known.n += 1;
      this.#reasons.set(`${reason} ${refused}`, known);
    }
  }

  counts(): ImportCounts {
    return { ...this.#results, reasons: [...this.#reasons.values()].sort((a, b) => b.n - a.n) };
  }
}
