/** Does what is due for imports: looks at what was uploaded, checks, runs; goes on with what a process left behind. */
import type { Pool, PoolClient } from 'pg';
import { settingsOf } from '#domain/settings.ts';
import { changeImport, type ImportRow, importJobName, listDueImports } from '#store/import-file.ts';
import type { ShopNames } from '#wire/import/headers.ts';
import { type Encoding, encodings, type Separator, separators } from '#wire/import/sniff.ts';
import { isObject, type Json } from '#wire/json.ts';
import type { Job } from '../runner.ts';
import { type CheckDeps, checkImport } from './check.ts';
import { FileFault } from './fault.ts';
import { kindOf } from './lines.ts';
import { lookAt } from './look.ts';
import { type RunDeps, runImport } from './run.ts';
import type { Writing } from './table.ts';

export type ImportDeps = RunDeps & CheckDeps;

/** One process at a time works on an import: what a killed one held is free again, and is found within a minute. */
export function importJob(deps: ImportDeps): Job {
  return {
    name: importJobName,
    schedule: '* * * * *',
    async run() {
      const faults: unknown[] = [];
      for (const file of await listDueImports(deps.pool)) {
        // one that fails through our fault stands in nobody's way, and is tried again
        await workOn(deps, file).catch((error) => faults.push(error));
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}

async function workOn(deps: ImportDeps, { shopId, id }: ImportRow): Promise<void> {
  const client = await deps.pool.connect();
  try {
    if (!(await tryLock(client, id))) return;
    try {
      const [file] = (await listDueImports(client)).filter((due) => due.id === id && due.shopId === shopId);
      if (file !== undefined) await advance(deps, file);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      await changeImport(deps.pool, shopId, id, ['reading', 'checking', 'running', 'stopping'], {
        state: 'failed',
        fault: error.reason,
        finishedAt: deps.now(),
      });
    } finally {
      await client.query(`select pg_advisory_unlock(hashtextextended('import ' || $1, 0))`, [id]);
    }
  } finally {
    client.release();
  }
}

async function tryLock(client: PoolClient, id: string): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('import ' || $1, 0)) as mine`,
    [id],
  );
  return rows[0]?.mine === true;
}

async function advance(deps: ImportDeps, file: ImportRow): Promise<void> {
  const { shopId, id } = file;
  switch (file.state) {
    case 'reading': {
      const shop = await namesOf(deps.pool, file);
      const { look, setup } = await lookAt(deps.pool, file, kindOf(file), writingOf(file.setup as Json), shop);
      await changeImport(deps.pool, shopId, id, ['reading'], { state: 'ready', look, setup });
      return;
    }
    case 'checking': {
      const forecast = await checkImport(deps, file);
      if (forecast !== null) await changeImport(deps.pool, shopId, id, ['checking'], { state: 'ready', forecast });
      return;
    }
    default:
      await runImport(deps, file);
  }
}

function writingOf(setup: Json): Writing {
  if (!isObject(setup)) return { encoding: null, separator: null };
  const encoding: Encoding | undefined = encodings.find((known) => known === setup.encoding);
  const separator: Separator | undefined = separators.find((known) => known === setup.separator);
  return { encoding: encoding ?? null, separator: separator ?? null };
}

/** The bases and custom fields headers may name. */
async function namesOf(pool: Pool, { shopId }: ImportRow): Promise<ShopNames> {
  const { rows } = await pool.query<{ body: object; version: number }>(
    'select body, version from shop_settings where shop_id = $1 order by version desc limit 1',
    [shopId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`shop ${shopId} is not there`);
  const { bases, customFields } = settingsOf(row.body, row.version);
  return { bases, customFields };
}
