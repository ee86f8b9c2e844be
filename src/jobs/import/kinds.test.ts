/** What files of each kind do beside the usual: resets of refusals, automatic bases, ids as keys, consents and states alone, objections. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { answerContact } from '#views/may-contact.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { type ImportRig, openImportRig } from '../testing/import-rig.ts';

let base: TestDatabase;
let rig: ImportRig;
let clock = Date.UTC(2026, 4, 1, 10);

beforeAll(async () => {
  base = await testDatabase();
  rig = await openImportRig(base, () => (clock += 1000));
});
afterAll(async () => {
  expect(rig.faults).toEqual([]);
  await rig.close();
  await base.close();
});

const server = { format: 'v1/UpdateAccount', source: { kind: 'server' } } as const;
const staff = { format: 'own', source: { kind: 'staff', userId: '7' } } as const;
const person = { format: 'own', source: { kind: 'person' } } as const;

function consent(email: string, id: number, status: string, date = '2026-03-01') {
  const subject = { email, externalId: null, phone: null };
  return JSON.stringify({ facts: [{ type: 'consent', subject, basis: { id }, status, ownTime: { date } }] });
}

async function ruled(id: string, change: Record<string, unknown>): Promise<void> {
  const { setup } = await rig.look(id);
  await rig.setUp(id, { rules: { ...(setup as { rules: object }).rules, ...change } });
}

async function statuses(email: string): Promise<string[]> {
  const { rows } = await base.pool.query<{ basis: string }>(
    `select b.basis_id || ' ' || b.status as basis from profile_basis b
      join profile p on p.shop_id = b.shop_id and p.id = b.profile_id where p.shop_id = $1 and p.email = $2 order by b.basis_id`,
    [rig.shopId, email],
  );
  return rows.map(({ basis }) => basis);
}

test('the reset of refused legal bases: counted before, by a written reason; people’s own refusals stay and are listed', async () => {
  for (const email of ['staff@example.test', 'own@example.test'])
    await rig.say(server, `data[customer_email]=${email}&data[customer_name]=X`);
  await rig.say(staff, consent('staff@example.test', 6, 'refused'));
  await rig.say(person, consent('own@example.test', 6, 'refused'));
  const file = 'E-mail;Opt-in email : valeur\nstaff@example.test;inconnu\nown@example.test;inconnu\n';

  // without the box nothing moves, and the report says why
  const without = await rig.upload('consents', file);
  expect((await rig.check(without)).resets).toBe(0);
  await rig.run(without);
  expect(await statuses('staff@example.test')).toEqual(['6 refused']);
  expect((await rig.report(without)).slice(1).map(({ reasons }) => reasons)).toEqual([
    ['basis.refused_is_final'],
    ['basis.refused_is_final'],
  ]);

  const id = await rig.upload('consents', file);
  await ruled(id, { reset: 'Vu avec le DPO le 3 mai' });
  const forecast = await rig.check(id);
  expect(forecast).toMatchObject({ resets: 1, counts: { updated: 1, unchanged: 1, refused: 0 } });
  expect(forecast.counts.reasons).toEqual([{ reason: 'basis.own_refusal', refused: false, n: 1 }]);
  await rig.run(id);
  expect(await statuses('staff@example.test')).toEqual(['6 unknown']);
  expect(await statuses('own@example.test')).toEqual(['6 refused']);
  expect((await rig.report(id)).slice(1)).toEqual([
    { line: 3, result: 'unchanged', reasons: ['basis.own_refusal'], cells: ['own@example.test', 'inconnu'] },
  ]);
  const { rows } = await base.pool.query(
    `select e.body ->> 'reason' as reason from basis_history h
      join consent_evidence e on e.shop_id = h.shop_id and e.subject_key = h.subject_key and e.seq = h.seq and e.n = h.n
      where h.shop_id = $1 and h.basis_id = 6 and h.to_status = 'unknown'`,
    [rig.shopId],
  );
  expect(rows).toEqual([{ reason: 'Vu avec le DPO le 3 mai' }]);
});

test('an import gives no automatic basis, unless the box is ticked: then each order counts from its own date', async () => {
  const order = (key: string, email: string) =>
    `Référence;E-mail;Total;État;Date\n${key};${email};10;Payée;2026-04-10\n`;
  const plain = await rig.upload('orders', order('U-1', 'plain@example.test'));
  await rig.run(plain);
  expect(await statuses('plain@example.test')).toEqual([]);
  const ticked = await rig.upload('orders', order('U-2', 'ticked@example.test'));
  await ruled(ticked, { uplift: true });
  await rig.run(ticked);
  expect(await statuses('ticked@example.test')).toEqual(['4 accepted']);
  const { rows } = await base.pool.query<{ day: string }>(
    `select to_char(h.at, 'YYYY-MM-DD') as day from basis_history h join profile p on p.shop_id = h.shop_id and p.id = h.profile_id
      where h.shop_id = $1 and p.email = 'ticked@example.test' and h.basis_id = 4`,
    [rig.shopId],
  );
  expect(rows.map(({ day }) => day)).toEqual([expect.stringMatching(/^2026-04-(09|10)$/)]);
});

test('an external id is the key: found, joined and apart are counted before the run, and happen so', async () => {
  await rig.say(server, 'data[customer_email]=known@example.test&data[external_id]=K1');
  await rig.say(server, 'data[customer_email]=joined@example.test');
  await rig.say(server, 'data[customer_email]=apart@example.test&data[external_id]=OLD');
  const id = await rig.upload(
    'profiles',
    [
      'ID Externe;E-mail;Ville',
      'K1;other@example.test;Lyon',
      'J1;joined@example.test;Lille',
      'A1;apart@example.test;Arles',
      'N1;new@example.test;Nice',
    ].join('\n'),
  );
  expect((await rig.check(id)).ids).toEqual({ known: 1, joined: 1, apart: 1 });
  await rig.run(id);
  const { rows } = await base.pool.query<{ value: string; city: string }>(
    `select i.value, p.city from profile_identifier i join profile p on p.shop_id = i.shop_id and p.id = i.profile_id
      where i.shop_id = $1 and i.kind = 'external' order by 1`,
    [rig.shopId],
  );
  expect(rows.map(({ value, city }) => `${value} ${city}`)).toEqual([
    'A1 Arles',
    'J1 Lille',
    'K1 Lyon',
    'N1 Nice',
    'OLD null',
  ]);
});

test('consents alone: value and date of each basis, and nothing of the person but whom they are of', async () => {
  const id = await rig.upload(
    'consents',
    [
      'E-mail;NewsEmail : valeur;NewsEmail : date',
      'cleo@example.test;oui;2026-02-01',
      'cleo@example.test;non;2026-03-01',
      'cleo@example.test;oui;2026-02-15',
      'cleo@example.test;peut-être;2026-03-02',
      'cleo@example.test;;2026-03-03',
    ].join('\n'),
  );
  await rig.run(id);
  // the order of the dates decides, not the order of the lines; an empty cell states nothing
  expect(await statuses('cleo@example.test')).toEqual(['1 refused']);
  expect((await rig.report(id)).slice(1).map(({ line, reasons }) => [line, reasons])).toContainEqual([
    5,
    ['import.value_unknown'],
  ]);
});

test('states alone: of orders that are here, at their own time', async () => {
  await rig.say(
    { ...server, format: 'v1/CreateOrder' },
    'data[order_idorder]=S-9&data[customer_email]=sam@example.test&data[order_amount]=20&data[order_state]=0',
  );
  const id = await rig.upload(
    'states',
    'Référence;État;Date de l’état\nS-9;Payée;2026-04-02\nS-9;Annulée;2026-04-04\nS-9;Expédiée;2026-04-03\nS-10;Sur la lune;2026-04-03\n',
  );
  expect((await rig.look(id)).setup).toMatchObject({ columns: ['key', 'state', 'stateAt'] });
  await rig.run(id);
  const { rows } = await base.pool.query(`select cancelled, validated from orders where shop_id = $1 and key = 'S-9'`, [
    rig.shopId,
  ]);
  expect(rows).toEqual([{ cancelled: true, validated: false }]);
  expect(await rig.counts(id)).toContain('refused 1 import.value_unknown');
});

test('whoever is on the objection list is not written to again because a file says so', async () => {
  const objection = { type: 'objection', subject: { email: 'stop@example.test', externalId: null, phone: null } };
  await rig.say(staff, JSON.stringify({ facts: [{ ...objection, channel: 'email', ownTime: null }] }));
  const id = await rig.upload(
    'consents',
    'E-mail;NewsEmail : valeur;NewsEmail : date\nstop@example.test;oui;2026-01-01\ngo@example.test;oui;2026-01-01\n',
  );
  await rig.run(id);
  const found = await findShopSettings(base.db, rig.shopId);
  if (found === null) throw new Error('no shop');
  const { pool } = base;
  const guard = { pool, keys: rig.keys, settings: found.settings, now: clock, spooling: false };
  const people = ['stop@example.test', 'go@example.test'].map((email) => ({ email }));
  expect(await statuses('go@example.test')).toEqual(['1 accepted']);
  expect(await answerContact(guard, rig.shopId, { channel: 'email', purpose: 'marketing', people })).toEqual([
    { allowed: false, why: 'objection' },
    expect.objectContaining({ allowed: true }),
  ]);
});
