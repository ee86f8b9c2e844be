/** Carries the lines of a file through intake: each once, however often it starts again. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type IntakeEngine, OverCapacity } from '#intake/engine.ts';
import { changeImport, countImport, type ImportRow } from '#store/import-file.ts';
import { envelopeOf, type ReadSlice, withLines } from './lines.ts';

export interface RunDeps {
  readonly pool: Pool;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly now: () => Instant;
  /** Raised when this process is to end: another goes on with what is left. */
  readonly ending: AbortSignal;
}

/** Lines handed on and not yet applied: enough that apply never waits, few enough that a stop is obeyed at once. */
const mostAhead = 20_000;
const lookMs = 200;
/** Nothing moved for so long although all was handed on: what is left was parked, and comes by itself. */
const stalledMs = 30_000;

/**
 * Runs, or goes on running, until the end or a stop asked for; all that was handed on is applied then. `left`: this process ends before
 * that. Throws a FileFault.
 */
export async function runImport(deps: RunDeps, file: ImportRow): Promise<'done' | 'stopped' | 'left'> {
  const run = new Run(deps, file);
  const whole = file.state === 'running' && (await withLines(deps.pool, file, (slices) => run.handOn(slices)));
  await run.settle();
  if (deps.ending.aborted) return 'left';
  return whole ? 'done' : 'stopped';
}

class Run {
  readonly #deps: RunDeps;
  readonly #file: ImportRow;
  /** Lines of the file that went by, those of an earlier start included. */
  #lines = 0;
  #readBytes = 0;

  constructor(deps: RunDeps, file: ImportRow) {
    this.#deps = deps;
    this.#file = file;
  }

  /** False: a stop was asked for before the end. */
  async handOn(slices: AsyncIterable<ReadSlice>): Promise<boolean> {
    let appending: Promise<unknown> = Promise.resolve();
    let lookedAt = 0;
    for await (const { lines, readBytes } of slices) {
      const before = appending;
      const fresh = lines.slice(Math.max(0, this.#file.lines - this.#lines));
      appending = Promise.all(fresh.map((line) => this.#append(line)));
      // one slice is on its way while the next is read
      await before;
      this.#lines += lines.length;
      this.#readBytes = readBytes;
      const now = performance.now();
      if (now - lookedAt < lookMs) continue;
      lookedAt = now;
      await appending;
      if (!(await this.#save()) || !(await this.#room())) return false;
    }
    await appending;
    return this.#save();
  }

  async #append(line: ReadSlice['lines'][number]): Promise<void> {
    for (let pause = 100; ; pause = Math.min(5_000, pause * 2)) {
      try {
        await this.#deps.engine.append(envelopeOf(this.#file, line, this.#deps.now()), 'bulk');
        return;
      } catch (error) {
        if (!(error instanceof OverCapacity)) throw error;
        await delay(pause);
      }
    }
  }

  /** Waits until apply has come near. False: a stop was asked for. */
  async #room(): Promise<boolean> {
    while (this.#lines - (await this.#applied()) > mostAhead) {
      await delay(lookMs);
      if (!(await this.#save())) return false;
    }
    return true;
  }

  /** Remembers how far it came; false: somebody asked to stop, or this process is to end. */
  async #save(): Promise<boolean> {
    const { shopId, id } = this.#file;
    const saved = await changeImport(this.#deps.pool, shopId, id, ['running'], {
      lines: Math.max(this.#lines, this.#file.lines),
      readBytes: this.#readBytes,
    });
    return saved?.changed === true && !this.#deps.ending.aborted;
  }

  /** Waits until every line handed on was applied, or set aside through our fault. */
  async settle(): Promise<void> {
    const { shopId, id, lines } = this.#file;
    const whole = Math.max(this.#lines, lines);
    let applied = await this.#applied();
    let movedAt = performance.now();
    while (applied < whole && performance.now() - movedAt < stalledMs && !this.#deps.ending.aborted) {
      await delay(lookMs);
      const now = await this.#applied();
      if (now > applied) movedAt = performance.now();
      applied = now;
      await changeImport(this.#deps.pool, shopId, id, ['running'], { lines: whole });
    }
  }

  async #applied(): Promise<number> {
    const counts = await countImport(this.#deps.pool, this.#file.shopId, this.#file.id);
    return counts
      .filter(({ result, reason }) => reason === '' || result === 'refused')
      .reduce((sum, { n }) => sum + n, 0);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
