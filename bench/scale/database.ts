/** The filled database: on an embedded server whose folder stays, or on a server of one's own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startDatabase } from '../database.ts';
import type { BenchOptions } from '../figures.ts';
import { fill } from './fill.ts';
import { type Size, sizeOf } from './size.ts';

const root = join(import.meta.dirname, '../..');

export interface ScaleDatabase {
  readonly url: string;
  readonly size: Size;
  /** Stops the server; what was filled stays. */
  stop(): Promise<void>;
}

/** Fills what is not filled yet, which takes about half an hour the first time. The fill cleans up after itself: no vacuum comes in between. */
export async function openScale(options: BenchOptions): Promise<ScaleDatabase> {
  const size = sizeOf(options.profiles);
  if (options.url !== null) {
    await fill(options.url, size);
    return { url: options.url, size, stop: async () => undefined };
  }
  const folder = join(root, '.bench', `scale-${size.profiles}`);
  await mkdir(folder, { recursive: true });
  const database = await startDatabase({ autovacuum: 'off' }, folder);
  try {
    await fill(database.url, size);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return { url: database.url, size, stop: () => database.stop() };
}
