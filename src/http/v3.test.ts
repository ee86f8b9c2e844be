import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '#wire/decode.ts';
import type { WireFormat } from '#wire/decoded.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;

beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors.close());

const form = { 'content-type': 'application/x-www-form-urlencoded' };

function post(path: string, payload: string, basic: string | null = doors.shop.basic) {
  const headers = basic === null ? form : { ...form, authorization: basic };
  return doors.app.inject({ method: 'POST', url: `/api/v3/automations/${path}`, headers, payload });
}

test('a cart goes in and is read with the name of its path', async () => {
  const answer = await post('trigger/abandoned_cart/', 'key%5BcartId%5D=12&customerEmail=a%40b.fr&cart_grandTotal=10');
  expect(answer.statusCode).toBe(200);
  const [item] = await doors.received();
  expect(answer.json()).toEqual({ recorded: String(item?.seq) });
  expect(item).toMatchObject({ format: 'v3/trigger', source: { kind: 'server' }, door: 'accepted' });
  expect(decode(item?.format as WireFormat, item?.raw ?? new Uint8Array(), null)).toMatchObject({
    word: 'read',
    facts: [{ type: 'cart', state: 'filled', cart: { key: '12' }, person: { email: 'a@b.fr' } }],
  });
});

test('stop without a body but a name, and any other name with any data', async () => {
  expect((await post('stop/abandoned_cart', 'key=12')).statusCode).toBe(200);
  expect((await post('trigger/devis%20%26%20relance', 'customerEmail=a%40b.fr&n=1')).statusCode).toBe(200);
  const [, quote] = await doors.received();
  expect(decode(quote?.format as WireFormat, quote?.raw ?? new Uint8Array(), null)).toMatchObject({
    facts: [{ type: 'automation', name: 'devis & relance', data: { n: '1' } }],
  });
});

test('what cannot mean anything is recorded and answered with field and reason', async () => {
  const answer = await post('trigger/abandoned_cart', 'key%5BcartId%5D=12');
  expect(answer.statusCode).toBe(422);
  expect(answer.json()).toMatchObject({ error: { code: 'wire.no_identity', field: 'customerEmail' } });
  expect((await post('trigger/abandoned_cart', `a${'[a]'.repeat(20)}=1`)).statusCode).toBe(400);
  expect((await doors.received()).map(({ door }) => door)).toEqual(['rejected', 'rejected']);
});

test('the copy without credentials is challenged and leaves nothing', async () => {
  const answer = await post('trigger/abandoned_cart', 'key%5BcartId%5D=12&customerEmail=a%40b.fr', null);
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
  expect(await doors.received()).toEqual([]);
  expect((await doors.app.inject({ method: 'GET', url: '/api/v3/automations/trigger/x' })).statusCode).toBe(404);
});
