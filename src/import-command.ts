/** The command `import`: a file of earlier clients or orders, by the code, to the report and with the rules of the back office's wizard. */
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { startApplier } from '#apply/applier.ts';
import { fitColumns } from '#contract/import-columns.ts';
import { type ImportForecast, largestFile } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import { speak } from '#contract/messages/speak.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { type ImportDeps, workOnImport } from '#jobs/import/job.ts';
import { openClient } from '#store/db.ts';
import {
  addPiece,
  changeImport,
  countImport,
  createImport,
  findImport,
  type ImportRow,
  type ImportState,
  readReport,
} from '#store/import-file.ts';
import { listTemplates, type Template } from '#store/import-template.ts';
import { listShops } from '#store/shop.ts';
import { StartFault } from '#store/start-fault.ts';
import { type ImportKind, importKinds } from '#wire/import/columns.ts';
import { reportCsv } from '#wire/import/report-csv.ts';
import { readSetup } from '#wire/import/setup.ts';
import { reachedAt } from './config.ts';
import type { Context } from './context.ts';
import { progressBar } from './progress-bar.ts';

export const importUsage = `Usage: node src/main.ts import FILE --shop 1 --kind ${importKinds.join('|')} [--map HEADER=COLUMN]… [--template NAME]
  [--dates ymd|dmy|mdy] [--decimal comma|point] [--encoding NAME] [--separator SIGN] [--grouped] [--as-of 2026-01-31]
  [--uplift] [--check] [--report FILE] [--lang fr|en]`;

export interface WantedImport {
  readonly path: string;
  readonly shop: ShopId;
  readonly kind: ImportKind;
  /** Header (or `#3`: the third column) → column; empty: leave it out. */
  readonly map: ReadonlyMap<string, string>;
  readonly template: string | null;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly encoding: string | null;
  readonly separator: string | null;
  readonly grouped: boolean;
  readonly checkOnly: boolean;
  readonly report: string | null;
  readonly lang: 'fr' | 'en';
}

/** Exit status: 0 every line was (or would be) taken, 2 some refused (the report says which and why). Throws a StartFault when it could not be done. */
export async function importFile(context: Context, wanted: WantedImport, say: (line: string) => void): Promise<0 | 2> {
  const { pool } = context;
  if (!(await listShops(pool)).some(({ id }) => id === wanted.shop))
    throw new StartFault(`There is no shop ${wanted.shop}.`);
  const ending = new AbortController();
  const { deps, stop } = await openTools(context, ending.signal);
  const id = await upload(context, wanted);
  // Stopped in order while it runs; before that nothing is to be kept.
  const leave = async () => {
    const left = await changeImport(pool, wanted.shop, id, ['running'], { state: 'stopping' });
    if (left?.changed !== true) process.exit(130);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    const looked = await work(deps, wanted.shop, id, 'reading', wanted);
    const setup = setUp(looked, wanted, await listTemplates(pool, wanted.shop));
    await changeImport(pool, wanted.shop, id, ['ready'], { setup });
    if (wanted.checkOnly) {
      await changeImport(pool, wanted.shop, id, ['ready'], { state: 'checking', readBytes: 0 });
      const { forecast } = await work(deps, wanted.shop, id, 'checking', wanted);
      say(JSON.stringify(forecast, null, 2));
      return (forecast as ImportForecast).counts.refused > 0 ? 2 : 0;
    }
    const started = { state: 'running', startedAt: context.now(), readBytes: 0 } as const;
    await changeImport(pool, wanted.shop, id, ['ready'], started);
    await work(deps, wanted.shop, id, 'running', wanted);
    return await finish(context, wanted, id, say);
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    await stop();
  }
}

/** An applier beside the job: with no program running, nobody else would apply. Locks keep two of them from one shard. */
async function openTools(
  context: Context,
  ending: AbortSignal,
): Promise<{ deps: ImportDeps; stop: () => Promise<void> }> {
  const { url, shards, keys, pool, db, now, log } = context;
  const onFault = (event: string, error: unknown): void => log.error({ event, err: error });
  const connect = () => openClient(url, { pipeline: true, application_name: 'spread-tracker import' });
  const engine = await openPostgresEngine({ pool: context.openPool('import', 2), shards, now, onFault });
  const settler = startSettler(context.openPool('import settle', 2), onFault);
  const applier = startApplier({ connect, claims: postgresClaims, shards, keys, onFault });
  return {
    deps: { pool, db, connect, engine, settler, keys, publicUrl: reachedAt(context.config), now, ending },
    stop: async () => {
      await settler.stop();
      await applier.stop();
      await engine.stop();
    },
  };
}

async function upload({ pool, now }: Context, { path, shop, kind }: WantedImport): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) throw new StartFault(`There is no file ${path}.`);
  if (found.size === 0 || found.size > largestFile) throw new StartFault(`${path} is empty, or larger than 5 GB.`);
  const fileName = basename(path).slice(-250);
  const id = await createImport(
    pool,
    { shopId: shop, kind, fileName, size: found.size, createdBy: 'command', setup: null },
    now(),
  );
  const file = await open(path);
  const bar = progressBar('Upload');
  try {
    const piece = Buffer.alloc(largestPiece);
    for (let at = 0; at < found.size; ) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) throw new StartFault(`${path} became shorter while it was read.`);
      await addPiece(pool, shop, id, at, piece.subarray(0, bytesRead));
      at += bytesRead;
      bar.show(at / found.size, '');
    }
  } finally {
    bar.end();
    await file.close();
  }
  await changeImport(pool, shop, id, ['uploading'], { state: 'reading' });
  return id;
}

/** Works until the import leaves the state (and *stopping*), or watches a program that is at it already. */
async function work(
  deps: ImportDeps,
  shop: ShopId,
  id: string,
  state: ImportState,
  { lang }: WantedImport,
): Promise<ImportRow> {
  const bar = progressBar(state === 'running' ? 'Import' : state === 'checking' ? 'Dry run' : 'Reading');
  const started = performance.now();
  const find = async (): Promise<ImportRow> => {
    const row = await findImport(deps.pool, shop, id);
    if (row === null) throw new StartFault('The import was deleted meanwhile.');
    return row;
  };
  const look = async (): Promise<void> => {
    const { readBytes, size, lines } = await find();
    const rate = (1000 * lines) / (performance.now() - started);
    bar.show(Math.min(1, readBytes / size), lines === 0 ? '' : `${lines} lines, ${Math.round(rate)}/s`);
  };
  const timer = setInterval(() => void look().catch(() => undefined), 500);
  try {
    for (;;) {
      await workOnImport(deps, { shopId: shop, id });
      const row = await find();
      if (row.state === 'failed' && row.fault !== null) throw new StartFault(speak(lang).word('reason', row.fault));
      if (row.state !== state && row.state !== 'stopping') return row;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  } finally {
    clearInterval(timer);
    bar.end();
  }
}

/** The setup as it was understood, with what the command says instead. */
function setUp(row: ImportRow, wanted: WantedImport, templates: readonly Template[]): unknown {
  const template = templates.find(({ kind, name }) => kind === wanted.kind && name === wanted.template);
  if (wanted.template !== null && template === undefined)
    throw new StartFault(`There is no template “${wanted.template}” for ${wanted.kind}.`);
  const { headers } = row.look as { headers: string[] };
  const understood = row.setup as Understood;
  const base = template === undefined ? understood : withTemplate(understood, template, headers);
  const columns = headers.map((header, place) => {
    const said = wanted.map.get(header) ?? wanted.map.get(`#${place + 1}`);
    return said === undefined ? (base.columns[place] ?? null) : said === '' ? null : said;
  });
  const strange = [...wanted.map.keys()].find(
    (name) => !headers.includes(name) && !headers.some((_, place) => name === `#${place + 1}`),
  );
  if (strange !== undefined) throw new StartFault(`The file has no column “${strange}”; it has ${headers.join(', ')}.`);
  const setup = {
    ...base,
    encoding: wanted.encoding,
    separator: wanted.separator,
    columns,
    grouped: wanted.grouped || base.grouped,
    rules: { ...base.rules, ...wanted.rules },
  };
  const fault = readSetup(wanted.kind, setup as never);
  if (typeof fault === 'string')
    throw new StartFault(
      `${speak(wanted.lang).word('imports', `setup_${fault}`)}\n${headers.map((header, place) => `  ${header} = ${columns[place] ?? '(ignored)'}`).join('\n')}`,
    );
  return setup;
}

type Understood = { columns: (string | null)[]; rules: object; grouped: boolean };

/** What was understood, with the columns of settings kept in the wizard wherever they stand in this file. */
function withTemplate(understood: Understood, { name, headers, setup }: Template, file: readonly string[]): Understood {
  const kept = setup as Understood;
  const columns = fitColumns({ headers, columns: kept.columns }, file);
  if (columns === null)
    throw new StartFault(
      `The template “${name}” does not fit: it knows the columns ${(headers ?? []).join(', ')}; the file has ${file.join(', ')}.`,
    );
  return { ...understood, ...kept, columns };
}

async function finish(
  { pool }: Context,
  wanted: WantedImport,
  id: string,
  say: (line: string) => void,
): Promise<0 | 2> {
  const row = await findImport(pool, wanted.shop, id);
  const counts = await countImport(pool, wanted.shop, id);
  const of = (result: string) => counts.find((one) => one.result === result && one.reason === '')?.n ?? 0;
  const refusals = counts.filter(({ result }) => result === 'refused');
  const refused = refusals.reduce((sum, { n }) => sum + n, 0);
  const voice = speak(wanted.lang);
  for (const result of ['created', 'updated', 'unchanged'])
    say(`${voice.word('imports.result', result)}: ${of(result)}`);
  say(`${voice.word('imports.result', 'refused')}: ${refused}`);
  for (const { reason, n } of refusals) say(`  ${n} × ${voice.word('reason', reason)}`);
  const report = wanted.report ?? (refused > 0 ? `${wanted.path}.report.csv` : null);
  if (report !== null) {
    await pipeline(Readable.from(reportCsv(readReport(pool, wanted.shop, id), wanted.lang)), createWriteStream(report));
    say(report);
  }
  if (row?.state !== 'done') throw new StartFault('The import was stopped; the back office can go on with it.');
  return refused > 0 ? 2 : 0;
}

/** Throws a StartFault with the usage. */
export function readImportWords(words: readonly string[]): WantedImport {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    ...{ shop: text, kind: text, template: text, dates: text, decimal: text, encoding: text, separator: text },
    ...{ 'as-of': text, report: text, lang: text, grouped: flag, check: flag, uplift: flag },
    map: { type: 'string', multiple: true, default: [] as string[] },
  } as const;
  const { values, positionals } = parse(() => parseArgs({ args: [...words], allowPositionals: true, options }));
  const [path, ...others] = positionals;
  const kind = importKinds.find((known) => known === values.kind);
  const shop = Number(values.shop);
  if (path === undefined || others.length > 0 || kind === undefined || !Number.isInteger(shop)) throw usageFault();
  const map = values.map.map((pair): [string, string] => {
    const place = pair.lastIndexOf('=');
    if (place < 1) throw usageFault();
    return [pair.slice(0, place).trim(), pair.slice(place + 1).trim()];
  });
  const rules = {
    ...(values.dates === undefined ? {} : { dates: values.dates }),
    ...(values.decimal === undefined ? {} : { decimal: values.decimal }),
    ...(values['as-of'] === undefined ? {} : { asOf: values['as-of'] }),
    ...(values.uplift ? { uplift: true } : {}),
  };
  return {
    path,
    shop: shopId(shop),
    kind,
    map: new Map(map),
    template: values.template ?? null,
    rules,
    encoding: values.encoding ?? null,
    separator: values.separator === 'tab' ? '\t' : (values.separator ?? null),
    grouped: values.grouped,
    checkOnly: values.check,
    report: values.report ?? null,
    lang: values.lang === 'en' ? 'en' : 'fr',
  };
}

function parse<Result>(read: () => Result): Result {
  try {
    return read();
  } catch {
    throw usageFault();
  }
}

function usageFault(): StartFault {
  return new StartFault(importUsage);
}
