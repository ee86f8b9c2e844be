/** Does what is due for imports: looks at what was uploaded, checks, runs; goes on with what a process left behind. */
import type { Kysely } from 'kysely';
import type { ClientBase } from 'pg';
import { inTransaction } from '#store/db.ts';
import {
  changeImport,
  countImport,
  type ImportRow,
  importJobName,
  listDueImports,
  wakeImports,
  withImportLock,
} from '#store/import-file.ts';
import { mailPushFailure } from '#store/import-notice.ts';
import { sourceJobName } from '#store/import-source.ts';
import { wakeJob } from '#store/outbox.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { applyAuto } from '#wire/import/auto.ts';
import type { ShopNames } from '#wire/import/headers.ts';
import { type Encoding, encodings, type Separator, separators } from '#wire/import/sniff.ts';
import { isObject, type Json } from '#wire/json.ts';
import type { Job } from '../runner.ts';
import { type CheckDeps, checkImport } from './check.ts';
import { FileFault } from './fault.ts';
import { kindOf } from './lines.ts';
import { lookAt } from './look.ts';
import { reportImport } from './report.ts';
import { type RunDeps, runImport } from './run.ts';
import type { Writing } from './table.ts';
import { type UndoDeps, undoImport } from './undo.ts';

export interface ImportDeps extends RunDeps, CheckDeps, UndoDeps {
  readonly db: Kysely<Database>;
  /** Scheme and host of the back office. */
  readonly publicUrl: string;
}

/** Runs of the job at a time: a long import leaves room for a short one, and both for other jobs. */
const mostAtOnce = 2;

/** One process at a time works on an import: what a killed one held is free again, and is found within a minute. */
export function importJob(deps: ImportDeps): Job {
  let running = 0;
  let wakes = 0;
  const round = async (): Promise<unknown[]> => {
    const faults: unknown[] = [];
    for (const file of await listDueImports(deps.pool)) {
      // one that fails through our fault stands in nobody's way, and is tried again
      await workOnImport(deps, file).catch((error) => faults.push(error));
      // a source tells what became of its file
      if (file.auto !== null) await wakeJob(deps.pool, sourceJobName);
    }
    return faults;
  };
  return {
    name: importJobName,
    schedule: '* * * * *',
    async run() {
      wakes += 1;
      if (running === mostAtOnce) return;
      running += 1;
      const faults: unknown[] = [];
      try {
        // whoever woke it for an import that is about to be let go of found it held
        for (let seen = 0; seen !== wakes; ) {
          seen = wakes;
          faults.push(...(await round()));
        }
      } finally {
        running -= 1;
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}

/** Does what is due for one import, unless somebody else is at it. */
export async function workOnImport(deps: ImportDeps, { shopId, id }: Pick<ImportRow, 'shopId' | 'id'>): Promise<void> {
  await withImportLock(deps.pool, id, async () => {
    const due = await listDueImports(deps.pool);
    const file = due.find((one) => one.id === id && one.shopId === shopId);
    if (file === undefined) return;
    try {
      await advance(deps, file);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      const failed = { state: 'failed', fault: error.reason, finishedAt: deps.now() } as const;
      await inTransaction(deps.pool, async (client) => {
        await changeImport(client, shopId, id, [file.state, 'stopping'], failed);
        if (isPushed(file)) await tellPusher(deps, client, file, error.reason);
      });
    }
  });
}

async function advance(deps: ImportDeps, file: ImportRow): Promise<void> {
  const { shopId, id } = file;
  switch (file.state) {
    case 'reading': {
      const shop = await namesOf(deps.db, file);
      const { look, setup } = await lookAt(deps.pool, file, kindOf(file), writingOf(file.setup as Json), shop);
      if (file.auto === null) {
        await changeImport(deps.pool, shopId, id, ['reading'], { state: 'ready', look, setup });
        return;
      }
      const chosen = applyAuto(kindOf(file), file.auto as Json, look, setup);
      if (typeof chosen === 'string') throw new FileFault(chosen);
      const started = { state: 'running', look, setup: chosen, startedAt: deps.now(), readBytes: 0 } as const;
      await changeImport(deps.pool, shopId, id, ['reading'], started);
      await wakeImports(deps.pool);
      return;
    }
    case 'checking': {
      const forecast = await checkImport(deps, file);
      if (forecast !== null) await changeImport(deps.pool, shopId, id, ['checking'], { state: 'ready', forecast });
      return;
    }
    case 'undoing':
      if (await undoImport(deps, file)) await changeImport(deps.pool, shopId, id, ['undoing'], { state: 'undone' });
      return;
    default: {
      const end = await runImport(deps, file);
      if (end === 'left') return;
      await reportImport(deps.pool, file, end === 'done');
      await inTransaction(deps.pool, async (client) => {
        await changeImport(client, shopId, id, ['running', 'stopping'], { state: end, finishedAt: deps.now() });
        if (end === 'done' && isPushed(file) && (await refusedWhole(client, file)))
          await tellPusher(deps, client, file, 'source.all_refused');
      });
    }
  }
}

/** A program sent it by itself; what a source fetched is told of with its source. */
function isPushed({ auto, createdBy }: ImportRow): boolean {
  return auto !== null && !createdBy.startsWith('source:');
}

async function refusedWhole(client: ClientBase, { shopId, id }: ImportRow): Promise<boolean> {
  const counts = await countImport(client, shopId, id);
  return counts.length > 0 && counts.every(({ result, reason }) => result === 'refused' || reason !== '');
}

async function tellPusher(deps: ImportDeps, client: ClientBase, file: ImportRow, fault: string): Promise<void> {
  const url = `${deps.publicUrl}/shops/${file.shopId}/imports/${file.id}`;
  await mailPushFailure(client, deps.keys, file.shopId, { file: file.fileName, fault, url }, deps.now());
}

function writingOf(setup: Json): Writing {
  if (!isObject(setup)) return { encoding: null, separator: null };
  const encoding: Encoding | undefined = encodings.find((known) => known === setup.encoding);
  const separator: Separator | undefined = separators.find((known) => known === setup.separator);
  return { encoding: encoding ?? null, separator: separator ?? null };
}

/** The bases and custom fields headers may name. */
async function namesOf(db: ImportDeps['db'], { shopId }: ImportRow): Promise<ShopNames> {
  const found = await findShopSettings(db, shopId);
  if (found === null) throw new Error(`shop ${shopId} is not there`);
  return found.settings;
}
