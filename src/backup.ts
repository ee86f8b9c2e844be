/** The commands `backup` and `restore`: everything in one file, and back, without bringing back whoever was erased since. */
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { startApplier } from '#apply/applier.ts';
import type { EraseFact } from '#domain/facts.ts';
import { shopId } from '#domain/ids.ts';
import { BatchIds, instanceLimit, seqOf } from '#intake/batch-id.ts';
import { type Envelope, encodeBatch } from '#intake/envelope.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { type JournalKey, startSettler } from '#intake/settle.ts';
import { checkAnchor, setAnchorsAside } from '#store/anchor.ts';
import { isEmptyDatabase, readBackup, writeBackup } from '#store/backup.ts';
import { type BackupReader, createBackup, openBackup } from '#store/backup-file.ts';
import { openClient } from '#store/db.ts';
import { type LoggedErasure, readErasures, restoreErasedKeys } from '#store/erasure-log.ts';
import { migrate } from '#store/migrate.ts';
import { startPostgres } from '#store/postgres.ts';
import { deriveKeys } from '#store/secret.ts';
import { StartFault } from '#store/start-fault.ts';
import type { Config } from './config.ts';
import { openContext } from './context.ts';
import { findSecretKey, printOf } from './secret-key.ts';

type Say = (line: string) => void;

/** Where the worker notes who was erased. */
export function erasureLogPath({ dataDir }: Config): string {
  return join(dataDir, 'erasures.jsonl');
}

/** `path` null: a new file in DATA_DIR/backups. The program may run meanwhile. */
export async function makeBackup(config: Config, path: string | null, say: Say, now = Date.now): Promise<void> {
  const secretKey = await findSecretKey(config.secretKey, config.dataDir);
  const name = `spread-${new Date(now()).toISOString().slice(0, 19).replaceAll(':', '')}Z.backup`;
  const target = resolve(path ?? join(config.dataDir, 'backups', name));
  await withOwner(config, async (url) => {
    const client = openClient(url, { application_name: 'spread-tracker backup' });
    await client.connect();
    const writer = await createBackup(target);
    try {
      if (await isEmptyDatabase(client)) throw new StartFault('There is nothing to back up: the database is empty.');
      const { head, rows } = await writeBackup(client, deriveKeys(secretKey), printOf(secretKey), writer, now());
      say(`${rows} rows of ${head.tables.length} tables (schema ${head.migration}) are in ${target}.`);
    } catch (error) {
      await writer.abandon();
      throw error;
    } finally {
      await client.end();
    }
  });
  say(
    config.secretKey === null
      ? `Keep ${join(config.dataDir, 'secret-key')} too, in another place: without it nobody can read the secrets in this backup, nor restore it.`
      : 'Keep SECRET_KEY too, in another place: without it nobody can read the secrets in this backup, nor restore it.',
  );
  say(`And copy ${erasureLogPath(config)} often: it is what keeps erased people away when this backup is restored.`);
}

/** Into an empty database; a StartFault, and nothing changed, when it is not, or the file or the key is not the right one. */
export async function restoreBackup(config: Config, log: Logger, path: string, say: Say): Promise<void> {
  const erasures = await readErasures(erasureLogPath(config));
  const reader = await openBackup(resolve(path));
  try {
    const secretKey = await findSecretKey(config.secretKey, config.dataDir);
    if (printOf(secretKey) !== reader.head.secretKeyPrint)
      throw new StartFault(
        'SECRET_KEY is not the one this backup was made with: give that one (without SECRET_KEY it is the file secret-key in DATA_DIR).',
      );
    const keys = deriveKeys(secretKey);
    if (!reader.head.anchors.every((anchor) => checkAnchor(keys, anchor)))
      throw new StartFault('An anchor of this backup was changed. Nothing was restored.');
    const erased = await withOwner(config, (url) => load(url, reader, erasures, say));
    const aside = await setAnchorsAside(join(config.dataDir, 'anchors'), reader.head.madeAt);
    if (aside !== null) say(`Anchors made after the backup name changes that are gone: they are in ${aside} now.`);
    await eraseAgain(config, log, erased, say);
    say(
      `The database stands as it did on ${reader.head.madeAt}. Start the program; calls that wait in DATA_DIR/spool follow by themselves.`,
    );
  } finally {
    reader.close();
  }
}

/** Rows, and in the same transaction the erasures since: whatever happens next, they come first. */
async function load(
  url: string,
  reader: BackupReader,
  erasures: readonly LoggedErasure[],
  say: Say,
): Promise<JournalKey[]> {
  const client = openClient(url, { application_name: 'spread-tracker restore' });
  await client.connect();
  try {
    if (!(await isEmptyDatabase(client)))
      throw new StartFault(
        'The database holds a shop already: restore into an empty one (another DATABASE_URL, or another DATA_DIR), and nothing is lost by mistake.',
      );
    await migrate(url, undefined, reader.head.migration);
    await client.query('begin');
    const rows = await readBackup(client, reader);
    const keys = await queueErasures(client, erasures);
    await client.query('commit');
    await client.query('analyze');
    say(`${rows} rows of ${reader.head.tables.length} tables are back.`);
    return keys;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw refused(error) ?? error;
  } finally {
    await client.end();
  }
}

/** What the server says of a row it cannot take quotes the row; its code is enough. */
function refused(error: unknown): StartFault | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^(22|23|42)/.test(code)) return null;
  return new StartFault(
    `The backup cannot be used: the database does not take what it holds (${code}). Nothing was restored.`,
    { cause: error },
  );
}

/** One item for each person who is in the backup and was erased since, under their own times. */
async function queueErasures(
  client: ReturnType<typeof openClient>,
  erasures: readonly LoggedErasure[],
): Promise<JournalKey[]> {
  await restoreErasedKeys(client, erasures);
  const { rows: present } = await client.query<{ shop_id: number; id: number; at: Date }>(
    `select p.shop_id, p.id, max(e.at) as at from unnest($1::int4[], $2::int8[], $3::timestamptz[]) e(shop, profile, at)
     join profile p on p.shop_id = e.shop and p.id = e.profile group by 1, 2 order by 3, 2`,
    [erasures.map(({ shop }) => shop), erasures.map(({ profile }) => profile), erasures.map(({ at }) => at)],
  );
  const { rows: known } = await client.query<{ shards: number; newest: number }>(
    `select (select (value #>> '{}')::int from instance where key = 'shards') as shards,
       greatest((select coalesce(max(batch_id), 0) from intake), (select coalesce(max(batch_id), 0) from intake_applied)) as newest`,
  );
  const { shards = 1, newest = 0 } = known[0] ?? {};
  const ids = new BatchIds(instanceLimit - 1, newest);
  const keys: JournalKey[] = [];
  for (const { shop_id, id, at } of present) {
    const batchId = ids.next(Date.now());
    const item = erasureOf(shop_id, id, at.getTime());
    await client.query(
      'insert into intake (shard, batch_id, lane, received_at, n, body) values ($1, $2, 0, $3, 1, $4)',
      [shop_id % shards, batchId, at, encodeBatch([item])],
    );
    keys.push({ shopId: item.shopId, seq: seqOf(batchId, 0), receivedAt: item.arrivedAt });
  }
  return keys;
}

/** Applies what was put in, so that the program never shows whoever is to go. */
async function eraseAgain(config: Config, log: Logger, keys: readonly JournalKey[], say: Say): Promise<void> {
  const context = await openContext(config, log);
  const settler = startSettler(context.openPool('restore settle', 2));
  const applier = startApplier({
    connect: () => openClient(context.url, { pipeline: true, application_name: 'spread-tracker restore' }),
    claims: postgresClaims,
    shards: context.shards,
    keys: context.keys,
    onFault: (event, error) => log.error({ event, err: error }),
  });
  try {
    for (const key of keys) while ((await settler.settle(key, 10_000)) === null);
    say(keys.length === 0 ? 'Nobody in it was erased since.' : `Erased again, as they were since: ${keys.length}.`);
  } finally {
    await applier.stop();
    await settler.stop();
    await context.close();
  }
}

function erasureOf(shop: number, profileId: number, arrivedAt: number): Envelope {
  const fact: EraseFact = { type: 'erase', run: 'asked', store: null, ownTime: null, profileId };
  return ownEnvelope(shopId(shop), { kind: 'system' }, [fact], arrivedAt);
}

async function withOwner<Result>(config: Config, work: (url: string) => Promise<Result>): Promise<Result> {
  if (config.databaseUrl !== null) return work(config.databaseUrl);
  const server = await startPostgres(config.dataDir);
  return work(server.url).finally(() => server.stop());
}
