/** Files on their way in that name somebody who was erased (rules §7). */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { type ImportRow, movingStates, readPieces } from '#store/import-file.ts';
import { blankImports, dropErasedFile, type Found } from '#store/import-forget.ts';
import { FileFault } from './fault.ts';
import { withTable } from './table.ts';

/** False: a job reads one of the files; what it reads of erased people is ignored, and the file is searched afterwards. */
export async function sweepImports(pool: Pool, shop: ShopId, found: Found, now: Instant): Promise<boolean> {
  const kept = await blankImports(pool, shop, found);
  const resting = kept.filter(({ state }) => !movingStates.includes(state));
  for (const file of resting) if (await namesThem(pool, file, found)) await dropErasedFile(pool, file, now);
  return resting.length === kept.length;
}

/** A file that cannot be read to its end, as the beginning of a packed one, is taken to name them. */
async function namesThem(pool: Pool, file: ImportRow, found: Found): Promise<boolean> {
  const { shopId, id, size } = file;
  const plain = { encoding: null, separator: null };
  try {
    return await withTable(readPieces(pool, shopId, id), size, plain, async ({ slices }) => {
      for await (const rows of slices)
        if (found(Buffer.from(rows.map(({ cells }) => cells.join(' ')).join('\n')))) return true;
      return false;
    });
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return error.reason !== 'import.empty';
  }
}
