import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { mintToken, readToken } from '#store/token.ts';
import { AppliedShop, arrival, keys } from './testing/applied-shop.ts';

let base: TestDatabase;
let shop: AppliedShop;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());
beforeEach(async () => {
  shop = await AppliedShop.open(base);
});
afterEach(() => shop.close());

const day = 86_400_000;

test('nothing that names the person is left, and what counts stays', async () => {
  await shop.append([shop.order('7'), shop.order('8'), { ...shop.order('9'), test: true }]);
  await shop.apply();
  const before = await counts();
  await erase('p7@example.test');
  expect(await shop.rows('journal', 'outcome, reasons, facts', 'seq')).toMatchObject([
    ['applied', ['person.erased'], null],
    ['applied', [], [{ type: 'order' }]],
    ['applied', [], [{ type: 'order' }]],
    ['applied', [], [{ type: 'erase' }]],
  ]);
  expect(await shop.rows('profile', 'email')).toEqual(['p8@example.test']);
  const kept = 'key, number, profile_id, contact_email, total_minor, currency, day::text, payment, validated';
  expect(await shop.rows('orders', kept, 'id')).toEqual([
    [expect.stringMatching(/^erased:/), null, null, null, 1000, 'EUR', '2026-05-01', 'paid', true],
    ['8', null, expect.anything(), 'p8@example.test', 1000, 'EUR', '2026-05-01', 'paid', true],
  ]);
  for (const table of ['journal_raw', 'journal_subject', 'basis_act', 'profile_basis'])
    expect([table, (await shop.rows(table, '1')).length]).toEqual([table, expect.any(Number)]);
  expect(await shop.rows('journal_raw', `convert_from(raw, 'UTF8')`)).not.toContainEqual(
    expect.stringContaining('p7@'),
  );
  expect(await counts()).toEqual({ ...before, profiles: before.profiles - 1, accepted: before.accepted - 1 });
  expect(shop.faults).toEqual([]);
});

test('what is old does not bring the person back; an own new act does, with the old refusals', async () => {
  await shop.append([shop.order('7')]);
  await shop.apply();
  const id = await profileOf('p7@example.test');
  await shop.append([
    shop.staff({ type: 'consent', subject: { profileId: id }, basis: { id: 6 }, status: 'refused' } as never),
  ]);
  await shop.apply();
  await erase('p7@example.test');

  const update = shop.order('7', { format: 'v1/UpdateOrder', arrivedAt: arrival + 2 * day });
  const dated = 'data[order_idorder]=70&data[customer_email]=p7@example.test&data[order_date]=2026-04-01 10:00:00';
  const late = { ...shop.order('70', { arrivedAt: arrival + 2 * day }), raw: Buffer.from(dated) };
  const claimed = { ...shop.trackedOrder('7', 'shop.test'), arrivedAt: arrival + 2 * day };
  await shop.append([update, late, claimed]);
  await shop.apply();
  expect(await shop.rows('profile', 'id')).toEqual([]);
  expect((await shop.rows('journal', 'outcome, reasons, facts', 'seq')).slice(-3)).toEqual([
    ['ignored', ['person.erased'], null],
    ['ignored', ['person.erased'], null],
    ['ignored', ['person.erased'], null],
  ]);
  expect(await shop.rows('journal_raw', `convert_from(raw, 'UTF8')`)).not.toContainEqual(
    expect.stringContaining('p7@'),
  );
  expect(await shop.rows('orders', 'payment, total_minor')).toEqual([['paid', 1000]]);

  const anew = 'data[order_idorder]=71&data[customer_email]=p7@example.test&data[order_amount]=5&data[order_state]=20';
  await shop.append([{ ...shop.order('71', { arrivedAt: arrival + 3 * day }), raw: Buffer.from(anew) }]);
  await shop.apply();
  expect(await shop.rows('profile', 'email')).toEqual(['p7@example.test']);
  expect(await shop.rows('profile_basis', 'basis_id, status', '1')).toEqual([
    [4, 'accepted'],
    [6, 'refused'],
  ]);
});

test('in one batch or in many, the tables are the same', async () => {
  const other = await AppliedShop.open(base);
  const cut: unknown[] = [];
  for (const [one, together] of [
    [shop, true],
    [other, false],
  ] as const) {
    await one.append([one.order('7'), one.order('8')]);
    await one.apply();
    const id = await profileOf('p7@example.test', one);
    const items = [
      one.order('72'),
      { ...one.staff({ type: 'erase', run: 'asked', profileId: id } as never), arrivedAt: arrival + 1 },
      { ...one.order('7'), arrivedAt: arrival + 2 },
      { ...one.order('73'), arrivedAt: arrival + 3 },
    ];
    if (together) await one.append(items);
    else for (const item of items) await one.append([item]);
    await one.apply();
    cut.push([
      await one.rows('profile', 'email', '1'),
      await one.rows('orders', `split_part(key, ':', 1), total_minor, payment, validated`, 'id'),
      await one.rows('journal', 'outcome, reasons, facts is null', 'seq'),
      await one.rows('basis_count', 'basis_id, status, n', '1, 2'),
      await one.rows('erased_key', 'count(*)::int'),
    ]);
  }
  await other.close();
  expect(cut[0]).toEqual(cut[1]);
});

test('every holder of the address goes; who shares nothing stays', async () => {
  const account = (id: string, email: string) => ({
    ...shop.order('x', { format: 'v1/CreateAccount' }),
    raw: Buffer.from(`data[external_id]=${id}&data[customer_email]=${email}`),
  });
  await shop.append([account('1', 'a@example.test'), account('2', 'a@example.test'), account('3', 'b@example.test')]);
  await shop.apply();
  await erase('a@example.test');
  expect(await shop.rows('profile', 'email')).toEqual(['b@example.test']);
  expect(await shop.rows('profile_identifier', 'value')).toEqual(['3']);
  await shop.append([{ ...account('2', 'a@example.test'), format: 'v1/UpdateAccount', arrivedAt: arrival + day }]);
  await shop.apply();
  expect(await shop.rows('profile', 'email')).toEqual(['b@example.test']);
});

test('a visit is kept apart from others’, goes with its visitor, and is not kept once nobody bears the token', async () => {
  await shop.append([shop.order('7')]);
  await shop.apply();
  const id = await profileOf('p7@example.test');
  const token = mintToken(keys, shop.id, 'sbt', arrival);
  await base.pool.query(
    `insert into visitor_token (shop_id, token, profile_id, verified, bound_at) values ($1, $2, $3, true, now())`,
    [shop.id, readToken(keys, shop.id, token)?.id, id],
  );
  const visit = { ...shop.staff({ type: 'visit', token } as never), source: { kind: 'system' } as const };
  await shop.append([{ ...visit, arrivedAt: arrival + 500 }]);
  await shop.apply();
  expect((await shop.rows('journal', 'facts', 'seq')).at(-1)).toMatchObject([{ type: 'visit', token }]);
  await erase('p7@example.test');
  await shop.append([{ ...visit, arrivedAt: arrival + 2000 }]);
  await shop.apply();
  expect(await shop.rows('journal', 'kind, outcome, facts', 'seq')).toContainEqual(['visit', 'ignored', null]);
  const told = JSON.stringify([
    await shop.rows('journal', 'facts', 'seq'),
    await shop.rows('journal_raw', `convert_from(raw, 'UTF8')`),
  ]);
  expect(told).not.toContain(token);
});

async function profileOf(email: string, of: AppliedShop = shop): Promise<number> {
  const found = (await of.rows('profile', 'id, email')) as [number, string][];
  return found.find(([, address]) => address === email)?.[0] ?? 0;
}

async function erase(email: string): Promise<void> {
  const profileId = await profileOf(email);
  await shop.append([
    { ...shop.staff({ type: 'erase', run: 'asked', profileId } as never), arrivedAt: arrival + 1000 },
  ]);
  await shop.apply();
}

async function counts(): Promise<{ profiles: number; accepted: number; turnover: unknown }> {
  const rows = (await shop.rows('basis_count', 'basis_id, status, n')) as [number, string, number][];
  return {
    profiles: rows.find(([basis]) => basis === 0)?.[2] ?? 0,
    accepted: rows.find(([basis, status]) => basis === 4 && status === 'accepted')?.[2] ?? 0,
    turnover: (await shop.rows('day_count', 'what, key, n, minor', '1, 2')).filter(
      (row) => Number((row as unknown[])[3]) !== 0,
    ),
  };
}
