import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openGuardedFetch } from '#outbound/guarded-fetch.ts';
import { createAdmin } from '#store/auth-user.ts';
import { findImport, listImports } from '#store/import-file.ts';
import { acceptHostKey, askSource, createSource, pauseSource, type SourcePlan } from '#store/import-source.ts';
import { keepTemplate } from '#store/import-template.ts';
import { openText } from '#store/secret.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { listSources } from '#views/import-source-list.ts';
import { Receiver } from '../outbound/testing/receiver.ts';
import { type SftpServer, startSftpServer } from '../outbound/testing/sftp-server.ts';
import { importSourcesJob } from './import-sources.ts';
import { type ImportRig, openImportRig } from './testing/import-rig.ts';

const hour = 3_600_000;
const day = 24 * hour;
let base: TestDatabase;
let rig: ImportRig;
let receiver: Receiver;
let clock = Date.UTC(2026, 4, 1, 10, 30);
let lea = '';
/** What the server at `receiver` gives. */
let served: { status: number; body: string; etag: string | null } = { status: 200, body: '', etag: null };
const sftp: SftpServer[] = [];

beforeAll(async () => {
  base = await testDatabase();
  rig = await openImportRig(base, () => clock);
  lea = await createAdmin(base.pool, { email: 'lea@shop.example' });
  await createAdmin(base.pool, { email: 'noe@shop.example' });
  await base.pool.query(`update app_user set lang = 'en' where id = $1`, [lea]);
  receiver = await Receiver.open((request, response) => {
    const { status, body, etag } = served;
    if (etag !== null && request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(status, etag === null ? {} : { etag }).end(body);
  });
  const rules = {
    dates: 'dmy',
    decimal: null,
    store: null,
    currency: null,
    statuses: {},
    states: {},
    asOf: null,
    reset: null,
    uplift: false,
  };
  const setup = { encoding: null, separator: null, header: true, columns: ['email', 'name'], grouped: false, rules };
  await keepTemplate(base.pool, rig.shopId, { kind: 'profiles', name: 'Caisse', setup, headers: ['E-mail', 'Nom'] });
});
afterAll(async () => {
  await Promise.all(sftp.map((one) => one.close()));
  await rig.close();
  await receiver.close();
  await base.close();
});
beforeEach(() => {
  clock += day;
  served = { status: 200, body: 'E-mail;Nom\nanna@example.test;Petit\n', etag: '"1"' };
  receiver.got.length = 0;
});
afterEach(async () => {
  await base.pool.query('delete from import_source');
  await base.pool.query('delete from import_source_run');
  await base.pool.query('delete from outbox');
  expect(rig.faults).toEqual([]);
});

async function make(change: Partial<SourcePlan> = {}): Promise<number> {
  const plan: SourcePlan = {
    ...{ name: 'Caisse du magasin', kind: 'profiles', template: 'Caisse', address: `${receiver.url}/clients.csv` },
    ...{ userName: 'shop', every: 'hour', hour: 3, weekday: 1, notify: lea, secret: { password: 'sésame' } },
    ...change,
  };
  return createSource(base.pool, rig.keys, rig.shopId, plan, { userId: lea, nextAt: clock, now: clock });
}

/** A minute's run of both jobs, until nothing is left to do. */
async function minute(): Promise<void> {
  clock += 60_000;
  const publicUrl = 'https://tracker.example';
  const guarded = openGuardedFetch({ allow: ['127.0.0.1'] });
  const { pool, db } = base;
  const job = importSourcesJob({ pool, db, keys: rig.keys, guarded, publicUrl, now: () => clock });
  await job.run(null, {} as never);
  await rig.work();
  await rig.work();
  clock += 1_000;
  await job.run(null, {} as never);
}

async function nextHour(): Promise<void> {
  clock = Math.ceil((clock + 1) / hour) * hour;
  await minute();
}

async function look(id: number) {
  const { sources } = await listSources(base.pool, rig.shopId);
  const found = sources.find((one) => one.id === id);
  if (found === undefined) throw new Error('no such source');
  return {
    ...found,
    ends: found.runs.map(({ outcome, fault }) => [outcome, fault].filter((part) => part !== null).join(' ')),
  };
}

async function letters(): Promise<{ to: string; lang: string; fault: string }[]> {
  const { rows } = await base.pool.query<{ id: string; to_address: string; lang: string; sealed: Buffer }>(
    `select id, to_address, lang, sealed from outbox where kind = 'import_failed' order by created_at, to_address`,
  );
  return rows.map(({ id, to_address, lang, sealed }) => ({
    ...{ to: to_address, lang },
    fault: JSON.parse(openText(rig.keys, sealed, `outbox ${id}`)).fault,
  }));
}

test('a file is fetched with its password, run by its settings, and not again until it is another', async () => {
  const id = await make();
  await minute();
  const first = await look(id);
  expect(first).toMatchObject({ ends: ['done'], fault: null, hasSecret: true });
  expect(first.runs[0]?.counts).toEqual({ created: 1, updated: 0, unchanged: 0, refused: 0 });
  expect(receiver.got[0]?.headers.authorization).toBe(`Basic ${Buffer.from('shop:sésame').toString('base64')}`);
  const imported = await findImport(base.pool, rig.shopId, String(first.runs[0]?.importId));
  expect(imported).toMatchObject({ state: 'done', fileName: 'clients.csv', createdBy: `source:${id}` });
  await minute();
  expect(receiver.got).toHaveLength(1);
  await nextHour();
  expect((await look(id)).ends).toEqual(['same', 'done']);
  // the same bytes under another mark, and then others
  served = { ...served, etag: '"2"' };
  await nextHour();
  served = { ...served, etag: null, body: 'Nom;E-mail\nPetit;anna@example.test\nBon;bob@example.test\n' };
  await nextHour();
  const last = await look(id);
  expect(last.ends).toEqual(['done', 'same', 'same', 'done']);
  // its columns had changed places
  expect(last.runs[0]?.counts).toEqual({ created: 1, updated: 0, unchanged: 1, refused: 0 });
  expect(await listImports(base.pool, rig.shopId, 10)).toHaveLength(2);
  const { rows } = await base.pool.query('select credentials from import_source');
  expect(rows[0].credentials.toString('latin1')).not.toContain('same');
  expect(await letters()).toEqual([]);
});

test('a failure is told once to whom was named, another one again, and the same one after it went well', async () => {
  const id = await make();
  served = { ...served, status: 404 };
  await minute();
  await nextHour();
  expect(await letters()).toEqual([{ to: 'lea@shop.example', lang: 'en', fault: 'source.no_file' }]);
  served = { ...served, status: 401 };
  await nextHour();
  await nextHour();
  served = { ...served, status: 200 };
  await nextHour();
  expect(await look(id)).toMatchObject({ fault: null });
  served = { ...served, status: 401, etag: null };
  await nextHour();
  expect((await letters()).map(({ fault }) => fault)).toEqual(['source.no_file', 'source.auth', 'source.auth']);
  expect(await look(id)).toMatchObject({ fault: 'source.auth' });
});

test('what may pass by itself is tried again twice before anybody is told', async () => {
  const id = await make({ every: 'day' });
  served = { ...served, status: 503 };
  await minute();
  expect(await letters()).toEqual([]);
  clock += 5 * 60_000;
  await minute();
  expect(await letters()).toEqual([]);
  clock += 5 * 60_000;
  await minute();
  expect((await letters()).map(({ fault }) => fault)).toEqual(['source.answer']);
  clock += 5 * 60_000;
  await minute();
  expect((await look(id)).ends).toEqual(Array.from({ length: 3 }, () => 'failed source.answer'));
});

test('a file that does not fit its settings, or of which every line is refused, is a failed run', async () => {
  const id = await make();
  served = { ...served, body: 'Courriel;Nom\nanna@example.test;Petit\n' };
  await minute();
  served = { ...served, etag: '"2"', body: 'E-mail;Nom\nnobody;Petit\n' };
  await nextHour();
  expect((await look(id)).ends).toEqual(['failed source.all_refused', 'failed import.template_unfit']);
  expect((await letters()).map(({ fault }) => fault)).toEqual(['import.template_unfit', 'source.all_refused']);
  // it was not run: once the settings fit, the same file counts
  await base.pool.query(`update import_template set headers = '{Courriel,Nom}'`);
  served = { ...served, etag: '"1"', body: 'Courriel;Nom\nanna@example.test;Petit\n' };
  await nextHour();
  await base.pool.query(`update import_template set headers = '{E-mail,Nom}'`);
  expect((await look(id)).ends[0]).toBe('done');
});

test('when who was named has left, whoever administers the shop is told', async () => {
  await make({ notify: 'somebody who left', template: 'Disparu' });
  await minute();
  expect(await letters()).toEqual([
    { to: 'lea@shop.example', lang: 'en', fault: 'source.template_gone' },
    { to: 'noe@shop.example', lang: 'fr', fault: 'source.template_gone' },
  ]);
});

test('paused it is left alone, but for somebody who asks for it', async () => {
  const id = await make();
  const ref = { shopId: rig.shopId, id };
  await pauseSource(base.pool, ref, true, clock, clock);
  await minute();
  expect((await look(id)).ends).toEqual([]);
  await askSource(base.pool, ref, clock);
  expect(await look(id)).toMatchObject({ asked: true, paused: true });
  await minute();
  expect(await look(id)).toMatchObject({ ends: ['done'], asked: false });
  await nextHour();
  expect((await look(id)).ends).toEqual(['done']);
});

test('over SFTP: the first key is believed and shown, another one stops it until somebody accepts it', async () => {
  const open = async (port = 0) => {
    const server = await startSftpServer({ user: 'shop', password: 'sésame' }, port);
    const bytes = Buffer.from('E-mail;Nom\nzoe@example.test;Roi\n');
    server.file = { path: '/out/clients.csv', bytes, modifiedAt: Date.now() - day };
    sftp.push(server);
    return server;
  };
  const first = await open();
  const id = await make({ address: `sftp://127.0.0.1:${first.port}/out/clients.csv` });
  await minute();
  const before = await look(id);
  expect(before).toMatchObject({
    ends: ['done'],
    hostKey: expect.stringMatching(/^ssh-ed25519 SHA256:/),
    hostKeyShown: null,
  });
  await nextHour();
  expect((await look(id)).ends).toEqual(['same', 'done']);
  await first.close();
  await open(first.port);
  await nextHour();
  const changed = await look(id);
  expect(changed).toMatchObject({ fault: 'source.host_key', hostKey: before.hostKey });
  expect(changed.hostKeyShown).not.toBeNull();
  expect((await letters()).map(({ fault }) => fault)).toEqual(['source.host_key']);
  const ref = { shopId: rig.shopId, id };
  expect(await acceptHostKey(base.pool, ref, 'ssh-ed25519 SHA256:of-somebody-else')).toBe(false);
  expect(await acceptHostKey(base.pool, ref, String(changed.hostKeyShown))).toBe(true);
  await nextHour();
  expect(await look(id)).toMatchObject({ fault: null, hostKey: changed.hostKeyShown, hostKeyShown: null });
});

test('what a process that died had half fetched goes with the next fetch', async () => {
  const id = await make();
  const left = await rig.uploadPart('profiles', Buffer.from('E-mail;Nom\nhalf'), 5);
  await base.pool.query('update import set created_by = $2 where id = $1::uuid', [left, `source:${id}`]);
  await minute();
  expect(await findImport(base.pool, rig.shopId, left)).toBeNull();
  expect((await look(id)).runs[0]?.outcome).toBe('done');
});
