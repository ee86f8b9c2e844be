/** The dry run: the whole file through the rules, and nothing written. */
import type { Client, Pool } from 'pg';
import { forecast } from '#apply/forecast.ts';
import { applyTools } from '#apply/items.ts';
import type { ImportForecast } from '#contract/imports.ts';
import type { Instant } from '#domain/facts.ts';
import { changeImport, type ImportRow } from '#store/import-file.ts';
import { findIdTouches, type IdTouchRow } from '#store/import-ids.ts';
import type { Keys } from '#store/secret.ts';
import { decodeLine } from '#wire/import/decode.ts';
import type { FileLine } from '#wire/import/file-lines.ts';
import { envelopeOf, withLines } from './lines.ts';
import { Tally } from './tally.ts';

export interface CheckDeps {
  readonly pool: Pool;
  /** A connection of its own that takes several statements at once, as an applier's. */
  readonly connect: () => Client;
  readonly keys: Keys;
  readonly now: () => Instant;
  readonly ending: AbortSignal;
}

const mostUnknown = 200;
/** Orders and persons of the file that are told apart; of a larger file the later ones may be called new twice. */
const mostSeen = 2_000_000;
const saveMs = 500;

/** null: somebody stopped it, or this process is to end; another tries again then. */
export async function checkImport(deps: CheckDeps, file: ImportRow): Promise<ImportForecast | null> {
  const client = deps.connect();
  await client.connect();
  try {
    return await withLines(deps.pool, file, async (slices) => {
      const check = new Check();
      const tools = applyTools(deps.keys);
      let savedAt = 0;
      for await (const { lines, readBytes } of slices) {
        if (lines.length > 0) {
          const ends = await forecast(
            client,
            lines.map((line) => envelopeOf(file, line, deps.now())),
            tools,
          );
          for (const [place, line] of lines.entries()) check.count(line, ends[place] ?? unmoved);
          check.touch(await findIdTouches(deps.pool, file.shopId, lines.flatMap(identityOf)));
        }
        if (performance.now() - savedAt < saveMs) continue;
        savedAt = performance.now();
        const saved = await changeImport(deps.pool, file.shopId, file.id, ['checking'], { readBytes });
        if (saved?.changed !== true || deps.ending.aborted) return null;
      }
      return check.result();
    });
  } finally {
    await client.end();
  }
}

type End = Awaited<ReturnType<typeof forecast>>[number];
const unmoved: End = { result: 'unchanged', reasons: [], resets: 0 };

class Check {
  readonly #tally = new Tally();
  readonly #seen = new Set<string>();
  readonly #unknown = new Map<string, { column: string; value: string; n: number }>();
  readonly #touched = { known: new Set<number>(), joined: new Set<number>(), apart: new Set<number>() };
  #withIds = false;
  #lines = 0;
  #resets = 0;

  /** Each profile once, however many lines name it. */
  touch(touches: readonly IdTouchRow[] | null): void {
    if (touches === null) return;
    this.#withIds = true;
    for (const { id, how } of touches) this.#touched[how].add(id);
  }

  count(line: FileLine, { result, reasons, resets }: End): void {
    this.#lines += 1;
    this.#resets += resets;
    this.#tally.add(result === 'created' && this.#cameBefore(line) ? 'updated' : result, reasons);
    if (reasons.includes('import.value_unknown')) this.#note(line);
  }

  #cameBefore({ line: { cells, kind } }: FileLine): boolean {
    const key = kind === 'orders' ? cells.key : (cells.externalId ?? cells.email?.toLowerCase());
    if (key === undefined) return false;
    if (this.#seen.has(key)) return true;
    if (this.#seen.size < mostSeen) this.#seen.add(key);
    return false;
  }

  #note({ line }: FileLine): void {
    const decoded = decodeLine(line);
    const column = decoded.word === 'rejected' ? decoded.field : null;
    const value = column === null ? undefined : line.cells[column]?.trim().toLowerCase().slice(0, 250);
    if (column === null || value === undefined) return;
    const known = this.#unknown.get(`${column} ${value}`);
    if (known !== undefined) known.n += 1;
    else if (this.#unknown.size < mostUnknown) this.#unknown.set(`${column} ${value}`, { column, value, n: 1 });
  }

  result(): ImportForecast {
    return {
      counts: this.#tally.counts(),
      lines: this.#lines,
      resets: this.#resets,
      ids: this.#withIds
        ? { known: this.#touched.known.size, joined: this.#touched.joined.size, apart: this.#touched.apart.size }
        : null,
      unknownValues: [...this.#unknown.values()].sort((a, b) => b.n - a.n),
    };
  }
}

/** What a line names a person by, where it names an external id. */
function identityOf({ line: { cells } }: FileLine): { externalId: string; email: string }[] {
  const { externalId, email } = cells;
  return externalId === undefined ? [] : [{ externalId, email: email?.trim().toLowerCase() ?? '' }];
}
