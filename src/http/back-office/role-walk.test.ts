/** Every route of the back office, called in every role and in none: the table of permissions holds, and nothing else does. */
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { may, type Role, roles } from '#contract/permissions.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { type Settler, startSettler } from '#intake/settle.ts';
import { createAdmin } from '#store/auth-user.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { backOffice } from './plugin.ts';
import { permissionOf, routePermissions } from './route-permissions.ts';

const secretKey = 'a secret key for the role walk';
const keys = deriveKeys(secretKey);
const password = 'correct horse battery';
const cookies = new Map<Role, string>();
const routes: { method: 'GET' | 'POST'; url: string }[] = [];
let database: TestDatabase;
let engine: IntakeEngine;
let settler: Settler;
let app: FastifyInstance;
let shop: number;

/** Who owns the installation as well: the least of the roles. */
const owner: Role = 'support';

/** Open without a session: how one comes in, words, files, and what a secret link opens. */
const open = new Set([
  'GET /api/me',
  'POST /api/sign-in',
  'POST /api/sign-in/link',
  'POST /api/sign-in/code',
  'POST /api/password/forgotten',
  'POST /api/password/reset',
  'POST /api/invitation',
  'POST /api/invitation/accept',
  'POST /api/sign-out',
  'GET /api/documents',
  'GET /api/documents/:folder/:name',
]);

beforeAll(async () => {
  database = await testDatabase();
  const { pool, db } = database;
  shop = (await createShop(pool, keys, { name: 'Maison' })).shopId;
  engine = await openPostgresEngine({ pool, shards: 4 });
  settler = startSettler(pool);
  app = fastify({ forceCloseConnections: true });
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      const known = one === 'GET' ? 'GET' : one === 'POST' ? 'POST' : null;
      if (known !== null && url.startsWith('/api/')) routes.push({ method: known, url });
    }
  });
  const log = pino({ level: 'silent' });
  app.register(backOffice, { pool, db, keys, engine, settler, log, secretKey, publicUrl: null, settleMs: 20 });
  await app.ready();
  for (const role of roles) {
    const email = `${role}@localhost`;
    const id = await createAdmin(pool, { email, password });
    await pool.query('update shop_member set role = $2 where user_id = $1', [id, role]);
    await pool.query('update app_user set instance_admin = $2 where id = $1', [id, role === owner]);
    const answer = await app.inject({ method: 'POST', url: '/api/sign-in', payload: { email, password } });
    const header = [answer.headers['set-cookie'] ?? []].flat();
    cookies.set(role, header.map((one) => one.split(';')[0]).join('; '));
  }
});
afterAll(async () => {
  await app.close();
  await settler.stop();
  await engine.stop();
  await database.close();
});

function call({ method, url }: (typeof routes)[number], role: Role | null, place: number = shop) {
  const path = url.replace(':shopId', String(place)).replace(/:\w+/g, '999999');
  const cookie = role === null ? undefined : cookies.get(role);
  return app.inject({
    method,
    url: path,
    ...(cookie === undefined ? {} : { headers: { cookie } }),
    // A body that no schema takes: who may pass is told what is wrong, and nothing is changed.
    ...(method === 'POST' ? { payload: { 'no such field': true } } : {}),
  });
}

test('nothing of a shop answers without a session', async () => {
  const shut = routes.filter(({ method, url }) => !open.has(`${method} ${url}`) && !url.startsWith('/api/dev'));
  expect(shut.length).toBeGreaterThan(20);
  for (const route of shut) expect([route, (await call(route, null)).statusCode]).toEqual([route, 401]);
});

test('each role opens what the table says, and is refused the rest before its request is read', async () => {
  // The stream does not end by itself: back-office.test.ts opens it.
  const ofShop = routes.filter(({ url }) => url.startsWith('/api/shops/:shopId') && !url.endsWith('/live'));
  for (const route of ofShop) {
    const permission = permissionOf(route.method, route.url);
    for (const role of roles) {
      const { statusCode } = await call(route, role);
      const expected = permission !== null && may(role, permission);
      expect([route, role, statusCode !== 403]).toEqual([route, role, expected]);
      expect([route, role, statusCode === 401 || statusCode >= 500]).toEqual([route, role, false]);
    }
  }
});

test('the installation opens to its owners alone, whatever they are in its shops', async () => {
  const ofInstance = routes.filter(({ url }) => url.startsWith('/api/instance/'));
  expect(ofInstance.length).toBeGreaterThan(10);
  for (const route of ofInstance) {
    for (const role of roles) {
      const { statusCode } = await call(route, role, 12_345);
      expect([route, role, statusCode !== 403]).toEqual([route, role, role === owner]);
      expect([route, role, statusCode === 401 || statusCode >= 500]).toEqual([route, role, false]);
    }
  }
});

test('the stream refuses who may not see what arrives', async () => {
  const live = { method: 'GET', url: '/api/shops/:shopId/live' } as const;
  for (const role of roles.filter((one) => !may(one, 'verification.see')))
    expect([role, (await call(live, role)).statusCode]).toEqual([role, 403]);
});

test('a shop that does not exist, or is another’s, is not there for anybody', async () => {
  const { shopId } = await createShop(database.pool, keys, { name: 'Autre' });
  for (const route of routes.filter(({ url }) => url.startsWith('/api/shops/:shopId'))) {
    expect([route, (await call(route, 'administrator', shopId)).statusCode]).toEqual([route, 404]);
    expect([route, (await call(route, 'administrator', 12_345)).statusCode]).toEqual([route, 404]);
  }
});

test('the table names no route that does not exist', () => {
  const known = new Set(routes.map(({ method, url }) => `${method} ${url.replace('/api/shops/:shopId', '')}`));
  expect(Object.keys(routePermissions).filter((line) => !known.has(line))).toEqual([]);
});

test('those who do the accounts see orders without names and addresses, e-mails masked, and find none by e-mail', async () => {
  await database.pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, legacy_state, validated, stated, currency, total_minor, contact_email, attributes, tags)
     values ($1, 1, '', 'A-1', now(), now(), now(), current_date, 20, true,
       '{"state":{},"total":{},"owner":{},"placed":{},"fields":{},"refunds":{"byId":{},"snapshot":null}}', 'EUR', 4250, 'lea.dupont@exemple.com', '[["address","12 rue Dupont"]]', '{dupont}')`,
    [shop],
  );
  const get = (path: string, role: Role) =>
    app.inject({ url: `/api/shops/${shop}${path}`, headers: { cookie: cookies.get(role) } });
  for (const path of ['/orders', '/orders/1', '/orders/1/history', '/orders?search=A-1']) {
    const { body, statusCode } = await get(path, 'accountant');
    expect([path, statusCode]).toEqual([path, 200]);
    expect(body).not.toMatch(/dupont/i);
  }
  expect((await get('/orders/1', 'accountant')).json().order.email).toBe('l••@e••.com');
  expect((await get('/orders/1', 'support')).body).toContain('lea.dupont@exemple.com');
  expect((await get('/orders?search=lea.dupont%40exemple.com', 'accountant')).statusCode).toBe(403);
});
