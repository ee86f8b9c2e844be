import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type ImportRig, openImportRig } from '../testing/import-rig.ts';

let base: TestDatabase;
let rig: ImportRig;
let clock = Date.UTC(2026, 4, 1, 10);

beforeAll(async () => {
  base = await testDatabase();
  rig = await openImportRig(base, () => (clock += 1000));
});
afterAll(async () => {
  await rig.close();
  await base.close();
});

const server = { format: 'v1/CreateOrder', source: { kind: 'server' } } as const;
const staff = { format: 'own', source: { kind: 'staff', userId: '7' } } as const;
const reason = 'Mauvais fichier';
/** NewsEmail is a consent, LegalBasisOptin (6) a legal basis. */
const clients = [
  'E-mail;Nom;NewsEmail : valeur;NewsEmail : date;Opt-in email : valeur',
  'anna@example.test;Petit;oui;2026-04-01;oui',
  'bob@example.test;Bon;non;2026-04-02;non',
  'carl@example.test;Carré;non;2026-04-02;oui',
  'dora@example.test;Dor;oui;2026-04-02;',
].join('\n');
const orders = [
  'Référence;E-mail;Total;État;Date',
  'A-1;anna@example.test;10;Payée;2026-01-01',
  'S-1;bob@example.test;20;Payée;2026-01-02',
  'B-2;bob@example.test;30;Payée;2026-01-03',
  'N-1;;40;Payée;2026-01-03',
].join('\n');

test('what imports alone created goes, what others spoke of stays; bases are what they were', async () => {
  await rig.say(
    server,
    'data[order_idorder]=S-1&data[customer_email]=bob@example.test&data[order_amount]=20&data[order_state]=10',
  );
  for (const id of [1, 6])
    await rig.say(staff, JSON.stringify({ facts: [consent('bob@example.test', id, 'accepted')] }));

  const people = await rig.upload('profiles', clients);
  await rig.run(people);
  const past = await rig.upload('orders', orders);
  await rig.run(past);
  expect(await rig.counts(people)).toEqual(['created 3', 'updated 1']);
  expect(await bases('bob@example.test')).toEqual(['1 refused', '4 accepted', '6 refused']);
  await rig.say(
    { ...server, format: 'v1/UpdateAccount' },
    'data[customer_email]=carl@example.test&data[customer_name]=Vrai',
  );
  await rig.say(
    server,
    'data[order_idorder]=D-1&data[customer_email]=dora@example.test&data[order_amount]=5&data[order_state]=20',
  );

  expect(await rig.undo(past, reason)).toMatchObject({
    state: 'undone',
    undone: { profiles: 0, orders: 3, keptProfiles: 0, keptOrders: 0, reason },
  });
  expect(await rig.undo(people, reason)).toMatchObject({
    state: 'undone',
    undone: { profiles: 1, keptProfiles: 2, orders: 0, reason },
  });

  expect(await all('select email from profile where shop_id = $1 order by 1')).toEqual([
    'bob@example.test',
    'carl@example.test',
    'dora@example.test',
  ]);
  expect(await all('select key from orders where shop_id = $1 order by 1')).toEqual(['D-1', 'S-1']);
  // a consent is what it was; a refused legal basis is left for unknown alone
  expect(await bases('bob@example.test')).toEqual(['1 accepted', '4 accepted', '6 unknown']);
  expect(await bases('carl@example.test')).toEqual(['1 unknown', '6 unknown']);
  expect(await bases('dora@example.test')).toEqual(['1 unknown', '4 accepted']);
  const { rows } = await base.pool.query(
    `select h.from_status || ' ' || h.to_status as moved, h.cause, e.body ->> 'reason' as reason
      from basis_history h join profile p on p.shop_id = h.shop_id and p.id = h.profile_id and p.email = 'bob@example.test'
      left join consent_evidence e on e.shop_id = h.shop_id and e.subject_key = h.subject_key and e.seq = h.seq and e.n = h.n
      where h.shop_id = $1 and h.basis_id in (1, 6) order by h.seq desc, h.basis_id limit 2`,
    [rig.shopId],
  );
  expect(rows).toEqual([
    { moved: 'refused accepted', cause: 'correction', reason },
    { moved: 'refused unknown', cause: 'correction', reason },
  ]);
  expect(await counted()).toEqual(await recounted());
  expect(rig.faults).toEqual([]);
});

test('no refusal waits for who comes to hold the address, and nobody is kept away', async () => {
  expect(await all('select count(*)::text from address_refusal where shop_id = $1')).toEqual(['0']);
  expect(await all('select count(*)::text from erased_key where shop_id = $1')).toEqual(['0']);
  const again = await rig.upload('profiles', clients);
  await rig.run(again);
  expect(await rig.counts(again)).toEqual(['created 1', 'updated 3']);
  expect(await bases('anna@example.test')).toEqual(['1 accepted', '6 accepted']);
});

function consent(email: string, id: number, status: string) {
  const subject = { email, externalId: null, phone: null };
  return { type: 'consent', subject, basis: { id }, status, ownTime: { date: '2026-03-01' } };
}

async function all(text: string): Promise<string[]> {
  const { rows } = await base.pool.query<Record<string, string>>(text, [rig.shopId]);
  return rows.map((row) => Object.values(row).join(' '));
}

async function bases(email: string): Promise<string[]> {
  const { rows } = await base.pool.query<{ basis: string }>(
    `select b.basis_id || ' ' || b.status as basis from profile_basis b
      join profile p on p.shop_id = b.shop_id and p.id = b.profile_id where p.shop_id = $1 and p.email = $2 order by b.basis_id`,
    [rig.shopId, email],
  );
  return rows.map(({ basis }) => basis);
}

const counted = () =>
  all(
    `select basis_id, status, n from basis_count where shop_id = $1 and n <> 0
      union all select 1000, key, sum(n) from day_count where shop_id = $1 and what = 'order' group by key having sum(n) <> 0
      union all select 1001, key, sum(n) from day_count where shop_id = $1 and what = 'profile' group by key
      order by 1, 2`,
  );
const recounted = () =>
  all(
    `select basis_id, status, count(*) from profile_basis where shop_id = $1 and status <> 'unknown' group by 1, 2
      union all select 0, 'profile', count(*) from profile where shop_id = $1
      union all select 1000, currency || case when validated then ' validated' else ' open' end, count(*)
        from orders where shop_id = $1 group by 2
      union all select 1001, '', count(*) from profile where shop_id = $1
      order by 1, 2`,
  );
