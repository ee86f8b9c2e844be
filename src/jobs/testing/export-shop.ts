/** For tests: a shop whose people and orders came through its doors, and its files read as an import of ours reads them. */
import type { ExportFormat, ExportScope } from '#contract/export-kinds.ts';
import type { ExportFilter } from '#contract/exports.ts';
import { dayMs } from '#domain/time.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { deriveKeys } from '#store/secret.ts';
import type { TestDatabase } from '#store/test-database.ts';
import { exportFile } from '#views/export/file.ts';
import { withTable } from '../import/table.ts';
import { type ImportRig, openImportRig } from './import-rig.ts';

export const exportKeys = deriveKeys('a key for tests, and for tests only');

export interface ExportShop {
  readonly rig: ImportRig;
  /** What the shop's server says, `format` as envelopes name it; resolves once it was applied. */
  say(...calls: readonly (readonly [format: string, text: string])[]): Promise<void>;
  file(
    asked: ExportFilter,
    format?: ExportFormat,
    options?: { readonly scope?: ExportScope; readonly lang?: 'fr' | 'en' },
  ): Promise<Buffer>;
  close(): Promise<void>;
}

export async function openExportShop(base: TestDatabase, now: number): Promise<ExportShop> {
  const rig = await openImportRig(base, () => now);
  const engine = await openPostgresEngine({ pool: base.pool, shards: 4, now: () => now - dayMs });
  const settler = startSettler(base.pool);
  return {
    rig,
    async say(...calls) {
      for (const [format, text] of calls) {
        const { seq, receivedAt } = await engine.append(
          {
            shopId: rig.shopId,
            format,
            arrivedAt: now - dayMs,
            source: { kind: 'server' },
            pageHost: null,
            mayRead: true,
            test: false,
            headers: {},
            ip: null,
            minted: null,
            door: 'accepted',
            deliveryKey: null,
            raw: Buffer.from(text),
          },
          'live',
        );
        const settled = await settler.settle({ shopId: rig.shopId, seq, receivedAt }, 30_000);
        if (settled?.outcome !== 'applied') throw new Error(`${text} was ${settled?.outcome}: ${settled?.reasons}`);
      }
    },
    async file(asked, format = 'csv', { scope = 'full', lang = 'en' } = {}) {
      const deps = { db: base.db, keys: exportKeys };
      return collect(await exportFile(deps, { shop: rig.shopId, asked, format, scope, lang }));
    },
    async close() {
      await settler.stop();
      await engine.stop();
      await rig.close();
    },
  };
}

export async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Rows of a file as our importer reads them, each under its headers. */
export async function rowsIn(file: Buffer): Promise<Record<string, string>[]> {
  const rows = await tableIn(file);
  const [heads = [], ...rest] = rows;
  return rest.map((cells) => Object.fromEntries(heads.map((head, place) => [head, cells[place] ?? ''])));
}

export async function tableIn(file: Buffer): Promise<(readonly string[])[]> {
  async function* pieces() {
    yield file;
  }
  return withTable(pieces(), file.length, { encoding: null, separator: null }, async (table) => {
    const rows: (readonly string[])[] = [];
    for await (const slice of table.slices) rows.push(...slice.map(({ cells }) => cells));
    return rows;
  });
}
