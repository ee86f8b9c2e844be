/** The register of processing and the annex of article 28 say what is set at this moment, and follow it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApplier } from '#apply/applier.ts';
import type { Register } from '#contract/register.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient } from '#store/db.ts';
import { openTestBackOffice, type Speaker, type TestBackOffice } from './testing/back-office.ts';

let office: TestBackOffice;
let officer: Speaker;
let place: string;
let stopApplier: () => Promise<void>;

beforeAll(async () => {
  office = await openTestBackOffice();
  officer = await office.admin('dpo@b.example');
  place = `/api/shops/${office.shop}`;
  const connect = () => openClient(office.database.url, { pipeline: true });
  const applier = startApplier({
    ...{ connect, claims: postgresClaims, shards: 4, keys: office.keys, onFault: () => undefined },
  });
  stopApplier = () => applier.stop();
});
afterAll(async () => {
  await stopApplier();
  await office.close();
});

const register = async (): Promise<Register> => (await officer.get(`${place}/register`)).body;
const paper = async (what: 'register' | 'annex', language: 'fr' | 'en'): Promise<string> =>
  (await officer.raw(`${place}/register/${what}.html?language=${language}`)).toString('utf8');
const papers = async (): Promise<readonly string[]> => [
  await paper('register', 'fr'),
  await paper('annex', 'fr'),
  await paper('register', 'en'),
  await paper('annex', 'en'),
];

/** A setting that rules read becomes a fact: it holds once it is applied. */
async function change(path: string, body: object): Promise<void> {
  const { settingsVersion } = await register();
  expect((await officer.post(`${place}${path}`, body)).status).toBeLessThan(300);
  await expect.poll(async () => (await register()).settingsVersion).toBeGreaterThan(settingsVersion);
}

function daysOf({ data }: Register, keep: string): readonly (number | null)[] {
  return data.flatMap(({ keeps }) => keeps.filter((one) => one.keep === keep).map(({ days }) => days));
}

test('a basis that is defined, worded anew and archived is in the papers as it stands', async () => {
  const before = await papers();
  expect(before.filter((text) => text.includes('Anniversaires'))).toEqual([]);
  await change('/bases', {
    name: 'Anniversaires & cartes',
    techName: 'Birthday',
    ground: 'legitimate-interest',
    description: 'Souhaiter un bon anniversaire',
    balanceTest: 'Une carte par an, que chacun peut refuser',
    purposes: ['marketing'],
    channels: ['post'],
    expiry: { days: 731, prolongedBy: ['order'] },
  });
  const made = (await register()).activities.find(({ name }) => name === 'Anniversaires & cartes');
  expect(made).toMatchObject({ ground: 'legitimate-interest', expiryDays: 731, channels: ['post'], active: true });
  for (const text of await papers()) {
    expect(text).toContain('Anniversaires &amp; cartes');
    expect(text).toContain('Souhaiter un bon anniversaire');
    expect(text).toContain('Une carte par an, que chacun peut refuser');
    expect(text).toMatch(/731 (jours|days)/);
  }
  await change(`/bases/${made?.id}`, { description: 'Envoyer une carte postale', expiry: null });
  for (const text of await papers()) {
    expect(text).toContain('Envoyer une carte postale');
    expect(text).not.toContain('Souhaiter un bon anniversaire');
    expect(text).not.toMatch(/731 (jours|days)/);
  }
  await change(`/bases/${made?.id}`, { active: false });
  expect((await papers()).filter((text) => text.includes('Anniversaires'))).toEqual([]);
});

test('periods of the shop and of the installation are the ones that hold', async () => {
  expect(daysOf(await register(), 'cartDays')).toEqual([90]);
  expect([...new Set(daysOf(await register(), 'rawDays'))]).toEqual([30]);
  await change('/retention', { cartDays: 45, inactiveDays: 777, refusalDays: 2000 });
  expect((await officer.post('/api/instance/retention', { rawDays: 12 })).status).toBe(204);
  const after = await register();
  expect(daysOf(after, 'cartDays')).toEqual([45]);
  expect([...new Set(daysOf(after, 'profile'))]).toEqual([777]);
  expect(daysOf(after, 'refusalDays')).toEqual([2000]);
  expect([...new Set(daysOf(after, 'rawDays'))]).toEqual([12]);
  const [fr = '', annex = '', en = ''] = await papers();
  for (const text of [fr, annex]) {
    expect(text).toContain('paniers : 45 jours');
    expect(text).toContain('octets bruts gardés 12 jours');
    expect(text).not.toContain('paniers : 90 jours');
  }
  expect(en).toContain('raw bytes kept 12 days');
});

test('who receives data is in them: the team by role, tools by their host, paused or not', async () => {
  const { pool } = office.database;
  await office.admin('second@b.example');
  await pool.query(
    `insert into webhook_endpoint (shop_id, name, url, kinds, secret, created_at, state) values ($1, 'Mailing tool', 'https://hooks.tool.example/in?key=secret', '{order.created}', '\\x00', now(), 'paused')`,
    [office.shop],
  );
  expect(await register()).toMatchObject({
    recipients: [{ name: 'Mailing tool', host: 'hooks.tool.example', active: false }],
    team: [{ role: 'administrator', members: 2 }],
  });
  for (const text of await papers()) {
    expect(text).toContain('Mailing tool (hooks.tool.example)');
    expect(text).not.toContain('key=secret');
  }
  expect(await paper('register', 'fr')).toMatch(/\(équipe\)\s: 2/);
  await pool.query(`update webhook_endpoint set state = 'active' where shop_id = $1`, [office.shop]);
  expect((await register()).recipients).toMatchObject([{ active: true }]);
});

test('the annex alone has what a processor owes: subject, duration, duties; both leave to people what only people know', async () => {
  const [list, annex] = [await paper('register', 'fr'), await paper('annex', 'fr')];
  for (const words of [
    'Objet',
    'Durée',
    'Obligations du sous-traitant',
    'Sous-traitant (qui exploite cette installation)',
  ]) {
    expect(annex).toContain(words);
    expect(list).not.toContain(`<dt>${words}</dt>`);
  }
  for (const text of [list, annex]) expect(text).toContain('à compléter');
  expect((await officer.get('/api/shops/999/register')).status).toBe(404);
});
