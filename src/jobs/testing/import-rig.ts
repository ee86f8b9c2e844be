/** For tests: a shop with an applier of its own, and files given to it as the back office gives them. */
import { startApplier } from '#apply/applier.ts';
import type { ImportForecast, ImportLook, ReportLine } from '#contract/imports.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Envelope } from '#intake/envelope.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { openClient } from '#store/db.ts';
import {
  addPiece,
  changeImport,
  countImport,
  createImport,
  findImport,
  type ImportRow,
  readReport,
} from '#store/import-file.ts';
import { deriveKeys, type Keys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import type { TestDatabase } from '#store/test-database.ts';
import { importJob } from '../import/job.ts';

export interface ImportRig {
  readonly shopId: ShopId;
  readonly keys: Keys;
  readonly faults: string[];
  /** One run of the job that reads and runs imports. */
  work(): Promise<void>;
  /** What something else than an import says, applied when it resolves. */
  say(envelope: Pick<Envelope, 'format' | 'source'>, text: string): Promise<void>;
  /** Uploads a file in pieces and looks at it. Answers its id. */
  upload(kind: string, bytes: Buffer | string, piece?: number): Promise<string>;
  /** The first bytes of a file whose upload broke off. */
  uploadPart(kind: string, bytes: Buffer, length: number): Promise<string>;
  /** The report's lines, the header first; none when it is gone. */
  report(id: string): Promise<ReportLine[]>;
  look(id: string): Promise<ImportRow & { readonly look: ImportLook | null; readonly forecast: ImportForecast | null }>;
  /** Changes what the merchant may change of the setup, the rules among it. */
  setUp(id: string, change: Record<string, unknown>): Promise<void>;
  check(id: string): Promise<ImportForecast>;
  run(id: string): Promise<ImportRow>;
  undo(id: string, reason: string): Promise<ImportRow>;
  /** `created 2`, `refused 1 time.invalid`, … */
  counts(id: string): Promise<string[]>;
  close(): Promise<void>;
}

const keys = deriveKeys('a key for tests, and for tests only');

export async function openImportRig(base: TestDatabase, now: () => number): Promise<ImportRig> {
  const faults: string[] = [];
  const engine = await openPostgresEngine({ pool: base.pool, shards: 4, now });
  const applier = startApplier({
    connect: () => openClient(base.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys,
    onFault: (event) => faults.push(event),
  });
  const settler = startSettler(base.pool);
  const { shopId } = await createShop(base.pool, keys, { name: 'Imported' });
  const ending = new AbortController();
  const job = importJob({
    pool: base.pool,
    db: base.db,
    connect: () => openClient(base.url, { pipeline: true }),
    engine,
    settler,
    keys,
    publicUrl: 'https://office.example',
    now,
    ending: ending.signal,
  });
  const work = () => job.run(null, {} as never) as Promise<void>;
  const find = async (id: string) => {
    const row = await findImport(base.pool, shopId, id);
    if (row === null) throw new Error('no such import');
    return row as ImportRow & { look: ImportLook | null; forecast: ImportForecast | null };
  };
  return {
    shopId,
    keys,
    faults,
    work,
    look: find,
    async say(envelope, text) {
      const whole = { ...ownEnvelope(shopId, envelope.source, [], now()), ...envelope, raw: Buffer.from(text) };
      const { seq, receivedAt } = await engine.append(whole, 'live');
      if ((await settler.settle({ shopId, seq, receivedAt }, 30_000)) === null) throw new Error('not applied');
    },
    async upload(kind, content, piece = 1_000_000) {
      const bytes = Buffer.from(content as string);
      const file = { shopId, kind, fileName: 'file.csv', size: bytes.length, createdBy: '1', setup: null };
      const id = await createImport(base.pool, file, now());
      for (let at = 0; at < bytes.length; at += piece)
        await addPiece(base.pool, shopId, id, at, bytes.subarray(at, at + piece));
      await changeImport(base.pool, shopId, id, ['uploading'], { state: 'reading' });
      await work();
      return id;
    },
    async uploadPart(kind, bytes, length) {
      const file = { shopId, kind, fileName: 'file.csv', size: bytes.length, createdBy: '1', setup: null };
      const id = await createImport(base.pool, file, now());
      await addPiece(base.pool, shopId, id, 0, bytes.subarray(0, length));
      return id;
    },
    async report(id) {
      const lines: string[] = [];
      for await (const piece of readReport(base.pool, shopId, id)) lines.push(...piece.split('\n'));
      return lines.filter((line) => line !== '').map((line): ReportLine => JSON.parse(line));
    },
    async setUp(id, change) {
      const { setup } = await find(id);
      await changeImport(base.pool, shopId, id, ['ready'], { setup: { ...(setup as object), ...change } });
    },
    async check(id) {
      await changeImport(base.pool, shopId, id, ['ready'], { state: 'checking' });
      await work();
      const { forecast } = await find(id);
      if (forecast === null) throw new Error('not checked');
      return forecast;
    },
    async run(id) {
      await changeImport(base.pool, shopId, id, ['ready', 'stopped'], { state: 'running', startedAt: now() });
      await work();
      return find(id);
    },
    async undo(id, reason) {
      const undone = { by: '1', reason, profiles: 0, orders: 0, keptProfiles: 0, keptOrders: 0, bases: 0 };
      await changeImport(base.pool, shopId, id, ['done', 'stopped'], { state: 'undoing', undone });
      await work();
      return find(id);
    },
    async counts(id) {
      const counts = await countImport(base.pool, shopId, id);
      return counts.map(({ result, reason, n }) => `${result} ${n}${reason === '' ? '' : ` ${reason}`}`).sort();
    },
    async close() {
      await settler.stop();
      await applier.stop();
      await engine.stop();
    },
  };
}
