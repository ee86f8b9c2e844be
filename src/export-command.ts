/** The command `export`: the same file as the back office gives, written beside the program, for whoever runs it. */
import { open, rename, rm } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exportFormats, exportKinds } from '#contract/export-kinds.ts';
import { readAsked } from '#contract/kept-export.ts';
import { shopId } from '#domain/ids.ts';
import { appendAudit } from '#store/audit.ts';
import { StartFault } from '#store/start-fault.ts';
import { exportFile } from '#views/export/file.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import type { Context } from './context.ts';

const text = { type: 'string' } as const;
const filters = {
  ...{ search: text, basis: text, status: text, from: text, to: text, sort: text, counts: text, state: text },
  ...{ outcome: text, reason: text, subject: text },
};
export const exportUsage = `Usage: node src/main.ts export FILE --shop 1 --kind ${exportKinds.join('|')} [--format ${exportFormats.join('|')}] [--lang fr|en]
  profiles: [--search TEXT] [--basis ID [--status accepted|refused|unknown]]   orders: [--search TEXT] [--sort received|placed]
  [--counts validated|open] [--state placed|paid|shipped|cancelled]   consents: [--basis ID] [--status …]
  journal: [--item order|account|…] [--outcome …] [--reason …] [--subject TEXT]   all: [--from 2026-01-31] [--to 2026-02-01]`;
const tellMs = 1_000;

export type WantedExport = ReturnType<typeof readExportWords>;

/** Writes FILE whole or not at all; only its owner may read it. `tell` hears of progress, at most once a second. */
export async function runExport(
  context: Context,
  { file, shop, asked }: WantedExport,
  tell: (line: string) => void,
): Promise<string> {
  if ((await findShopSettings(context.db, shop)) === null) throw new StartFault(`There is no shop ${shop}.`);
  const { pool, db, keys, now } = context;
  await appendAudit(pool, {
    shopId: shop,
    userId: null,
    at: now(),
    action: 'data.export',
    detail: { of: asked.asked.kind, format: asked.format, narrowed: Object.keys(asked.asked.filter) },
  });
  let rows = 0;
  let toldAt = performance.now();
  const pieces = await exportFile({ db, keys }, { shop, ...asked }, (more) => {
    rows += more;
    if (performance.now() - toldAt < tellMs) return;
    toldAt = performance.now();
    tell(`${rows} lines`);
  });
  const part = `${file}.part`;
  const out = await open(part, 'w', 0o600).catch((cause) => {
    throw new StartFault(`${part} cannot be written: ${cause.code}.`);
  });
  try {
    for await (const piece of pieces) await out.write(piece);
    await out.sync();
    await out.close();
    await rename(part, file);
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
  return `${file}: ${rows} lines.`;
}

/** Throws a StartFault with the usage. */
export function readExportWords(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { ...filters, shop: text, kind: text, item: text, format: text, lang: text },
    });
    const { shop, kind = '', item, format, lang = 'fr', basis, ...rest } = values;
    const [path] = positionals;
    const asked = readAsked({
      kind,
      format: format ?? extname(path ?? '').slice(1),
      lang,
      scope: 'full',
      filter: {
        ...rest,
        ...(basis === undefined ? {} : { basis: Number(basis) }),
        ...(item === undefined ? {} : { kind: item }),
      },
    });
    if (path !== undefined && positionals.length === 1 && /^[1-9]\d{0,8}$/.test(shop ?? '') && asked !== null)
      return { file: resolve(path), shop: shopId(Number(shop)), asked };
  } catch {
    // An option we do not know: the same sentence.
  }
  throw new StartFault(exportUsage);
}
