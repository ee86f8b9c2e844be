/** The sending guard over rows written by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContactQuestion } from '#contract/contact.ts';
import { listBasisPeople } from './basis-list.ts';
import { answerContact } from './may-contact.ts';
import { noon, openTestRows, type TestRows, testKeys } from './testing/rows.ts';
import { findShopSettings } from './v2-shop.ts';

const optinEmail = 6;
let given: TestRows;

beforeAll(async () => {
  given = await openTestRows();
});
afterAll(() => given.close());

async function ask(email: string) {
  const { database, shop } = given;
  const found = await findShopSettings(database.db, shop);
  if (found === null) throw new Error('no shop');
  const guard = { pool: database.pool, keys: testKeys, settings: found.settings, now: noon, spooling: false };
  const question: ContactQuestion = { channel: 'email', purpose: 'marketing', people: [{ email }] };
  return answerContact(guard, shop, question);
}

async function insertCustomer(
  id: number,
  email: string,
  merged: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { shop } = given;
  await given.insertProfile(id, shop, { email, email_norm: email, ...merged });
  await given.insert('profile_basis', {
    shop_id: shop,
    profile_id: id,
    basis_id: optinEmail,
    status: 'accepted',
    since: new Date(noon),
    changed_at: new Date(noon),
    fold: '{}',
  });
}

test('an existing customer is who has a validated order, or is merged with who has one', async () => {
  const { shop, database } = given;
  await insertCustomer(1, 'kept@b.example', { absorbed: [2] });
  await insertCustomer(2, 'absorbed@b.example', { merged_into: 1 });
  await insertCustomer(3, 'alone@b.example');
  const refused = [{ allowed: false, why: 'no basis' }];
  for (const email of ['kept@b.example', 'absorbed@b.example', 'alone@b.example'])
    expect([email, await ask(email)]).toEqual([email, refused]);

  await given.insertOrder(1, shop, { profile_id: 2, validated: true });
  await given.insertOrder(2, shop, { profile_id: 3 });
  for (const email of ['kept@b.example', 'absorbed@b.example'])
    expect([email, await ask(email)]).toMatchObject([email, [{ allowed: true, basis: { id: optinEmail } }]]);
  expect(await ask('alone@b.example')).toEqual(refused);

  const { people } = await listBasisPeople(database.db, shop, optinEmail, 'accepted', { after: 0, limit: 10 });
  expect(people.map(({ id }) => id)).toEqual([1, 3]);
});
