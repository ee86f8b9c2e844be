/**
 * Every route of the back office that changes, reveals, sends, exports or erases something, called until it does: each writes its line of
 * the audit log. A new route is in one of the lists below, or this fails.
 */
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditAct, auditActs } from '#domain/audit.ts';
import { shopId } from '#domain/ids.ts';
import { saveStoreApi } from '#store/connection.ts';
import { Receiver } from '../../outbound/testing/receiver.ts';
import {
  openTestBackOffice,
  type Speaker,
  secretIn,
  type TestBackOffice,
  testPassword,
} from './testing/back-office.ts';

/** Routes that only ask, or whose doing is written down by another. */
const quiet: Readonly<Record<string, string>> = {
  'POST /api/sign-in': 'opens a session of one’s own',
  'POST /api/sign-in/link': 'opens a session of one’s own',
  'POST /api/sign-in/code': 'opens a session of one’s own',
  'POST /api/sign-out': 'ends a session of one’s own',
  'POST /api/invitation': 'shows an invitation to whom it was sent',
  'POST /api/account/second-factor': 'makes a secret that nothing asks for until it is confirmed',
  'POST /api/dev/code/prove': 'the keys it opens are written down when they show',
  'POST /api/dev/leave': 'ends a visit of one’s own',
  'POST /api/dev/site-check': 'looks at a public page',
  'POST /api/shops/:shopId/site-check': 'looks at a public page',
  'POST /api/shops/:shopId/may-contact': 'asks',
  'POST /api/shops/:shopId/retention/preview': 'asks',
  'POST /api/instance/retention/preview': 'asks',
  'POST /api/shops/:shopId/ledger/verify': 'asks',
  'POST /api/shops/:shopId/imports': 'prepares an import, whose run is written down',
  'POST /api/shops/:shopId/imports/:importId/bytes': 'prepares an import, whose run is written down',
  'POST /api/shops/:shopId/imports/:importId/read': 'prepares an import, whose run is written down',
  'POST /api/shops/:shopId/imports/:importId/setup': 'prepares an import, whose run is written down',
  'POST /api/shops/:shopId/imports/:importId/check': 'prepares an import, whose run is written down',
  'POST /api/shops/:shopId/connections/:connectionId/check': 'asks a store whose credentials were given before',
  'POST /api/shops/:shopId/exports/:exportId/delete': 'takes back a file of one’s own, whose export is written down',
  'POST /api/shops/:shopId/import-templates': 'keeps a choice of columns',
  'POST /api/shops/:shopId/import-sources/:sourceId/test': 'asks a server whose credentials were given before',
};
/** Files that leave without a line. */
const harmless = ['GET /api/shops/:shopId/ledger/anchor'];
/** Acts of routes outside the back office: get-token.test.ts. */
const elsewhere: readonly AuditAct[] = ['connection.redact', 'module.sign_in'];

const profiles = ['lea@b.example', 'leo@b.example', 'access@b.example', 'erasure@b.example', 'objection@b.example'];
let office: TestBackOffice;
let receiver: Receiver;
let camille: Speaker & { readonly id: string };
let shop: string;
const walked = new Set<string>();
const acted = new Set<string>();

beforeAll(async () => {
  office = await openTestBackOffice(['127.0.0.1']);
  receiver = await Receiver.open();
  camille = await office.admin('camille@b.example');
  shop = `/api/shops/${office.shop}`;
  await office.database.pool.query(
    `insert into profile (shop_id, id, email, email_norm, created_at, updated_at, last_seen, subject_key, stated)
     select $1, n, email, email, now(), now(), now(), gen_random_uuid(), '{}' from unnest($2::text[]) with ordinality p(email, n)`,
    [office.shop, profiles],
  );
});
afterAll(async () => {
  await office.close();
  await receiver.close();
});

type Values = Readonly<Record<string, string | number>>;

async function lastLine(): Promise<number> {
  const { rows } = await office.database.pool.query<{ id: number }>(
    'select coalesce(max(id), 0)::int as id from audit',
  );
  return rows[0]?.id ?? 0;
}

async function linesAfter(id: number): Promise<string[]> {
  const { rows } = await office.database.pool.query<{ action: string }>('select action from audit where id > $1', [id]);
  return rows.map(({ action }) => action);
}

function fill(url: string, values: Values): string {
  return url.replace(/:(\w+)/g, (_, name: string) => String(values[name] ?? (name === 'shopId' ? office.shop : '')));
}

/** Calls a route, which succeeds and writes the line; answers what it said. */
async function does(act: AuditAct, url: string, values: Values = {}, payload?: object, who: Speaker = camille) {
  // The newest letter is the last one.
  office.now += 1_000;
  const before = await lastLine();
  const answer = await who.post(fill(url, values), payload);
  expect([url, answer.status, answer.body?.error]).toEqual([url, answer.status, undefined]);
  expect([url, answer.status < 300]).toEqual([url, true]);
  await expect.poll(() => linesAfter(before), { message: url }).toContain(act);
  walked.add(`POST ${url}`);
  acted.add(act);
  return answer.body;
}

/** The same of a file that leaves. */
async function takes(act: AuditAct, url: string, values: Values = {}): Promise<void> {
  const before = await lastLine();
  const answer = await office.app.inject({ url: fill(url, values), headers: { cookie: camille.cookie() } });
  expect([url, answer.statusCode]).toEqual([url, 200]);
  expect([url, await linesAfter(before)]).toEqual([url, expect.arrayContaining([act])]);
  walked.add(`GET ${url}`);
  acted.add(act);
}

const letterTo = async (to: string) => (await office.letters(to)).at(-1);
const codeTo = async (to: string) => String((await letterTo(to))?.code);

test('the shop: settings, keys, bases, profiles, proofs, objections', async () => {
  const at = '/api/shops/:shopId';
  await does('settings.change', `${at}/settings`, {}, { validation: 'placed' });
  await does('settings.change', `${at}/retention`, {}, { cartDays: 60 });
  await does('shop.settings', `${at}/shop-settings`, {}, { country: 'BE' });
  await does('shop.rename', `${at}/name`, {}, { name: 'Maison' });
  await does('shop.revoke_tokens', `${at}/revoke-tokens`);
  await does('shop.platform', `${at}/platform`, {}, { platform: 'javascript' });
  await does('shop.redecide', `${at}/redecide`, {}, { paused: true });
  await does('module.refuse', `${at}/module-sign-in`, {}, { allowed: false });
  await does('module.allow', `${at}/module-sign-in`, {}, { allowed: true });
  const [key] = (await camille.get(`${shop}/tracker`)).body.keys;
  await does('key.reveal', `${at}/keys/:keyId/reveal`, { keyId: key.id });
  await does('key.rotate', `${at}/keys/:keyId/rotate`, { keyId: key.id }, { hours: 24 });
  await does('key.end', `${at}/keys/:keyId/end`, { keyId: key.id });
  await does('basis.define', `${at}/bases`, {}, { name: 'Jeu', ground: 'consent' });
  await does('basis.define', `${at}/bases/:basisId`, { basisId: 4 }, { description: 'Commande' });
  const of = { profileId: 1, basisId: 4 };
  await does('profile.change', `${at}/profiles/:profileId`, of, { fields: { city: 'Lyon' } });
  await does('profile.merge', `${at}/profiles/:profileId/merge`, of, { other: 2 });
  await does('profile.unmerge', `${at}/profiles/:profileId/unmerge`, of, { other: 2 });
  const refused = { status: 'refused', date: null, reason: null };
  await does('profile.basis', `${at}/profiles/:profileId/bases/:basisId`, of, refused);
  await takes('proof.export', `${at}/profiles/:profileId/bases/:basisId/record`, of);
  await takes('proof.export', `${at}/profiles/:profileId/bases/:basisId/receipt`, of);
  await takes('profile.archive', `${at}/profiles/:profileId/archive`, of);
  await does('profile.erase', `${at}/profiles/:profileId/erase`, of, { reason: 'asked' });
  const objection = { email: 'a@b.example', channel: 'email' };
  await does('objection.add', `${at}/objections`, {}, { objections: [objection] });
  await takes('objection.export', `${at}/objections.csv`);
});

test('requests of people about their data', async () => {
  const at = '/api/shops/:shopId/rights';
  const one = `${at}/:requestId`;
  const take = async (kind: string) => {
    const asked = { kind, email: `${kind}@b.example`, lang: 'fr', cameBy: 'mail' };
    return { requestId: (await does('rights.take', at, {}, asked)).id as number };
  };
  const access = await take('access');
  await does('rights.extend', `${one}/extend`, access, { reason: 'complex' });
  await does('rights.identity', `${one}/identity`, access);
  const code = await codeTo('access@b.example');
  await does('rights.verify', `${one}/code`, access, { code });
  await takes('profile.archive', `${one}/archive`, access);
  await does('rights.close', `${one}/close`, access, { refusal: null });
  const erasure = await take('erasure');
  await does('rights.vouch', `${one}/vouch`, erasure);
  await does('profile.erase', `${one}/erase`, erasure);
  await does('objection.add', `${one}/object`, await take('objection'));
});

test('developers, from their invitation to its end', async () => {
  const at = '/api/shops/:shopId/developers';
  const asked = { emails: ['dev@agence.example'], lang: 'fr', note: '', days: 30, mayRead: false };
  const [{ id }] = (await does('developer.invite', at, {}, asked)).invitations;
  await does('developer.resend', `${at}/:invitationId/resend`, { invitationId: id }, { days: 10 });
  const dev = office.stranger();
  const token = secretIn(await letterTo('dev@agence.example'));
  await does('developer.open', '/api/dev/open', {}, { token }, dev);
  await does('developer.code', '/api/dev/code', {}, undefined, dev);
  const code = await codeTo('dev@agence.example');
  expect((await dev.post('/api/dev/code/prove', { code })).status).toBe(204);
  await does('developer.reveal', '/api/dev/keys', {}, undefined, dev);
  await does('developer.revoke', `${at}/:invitationId/revoke`, { invitationId: id });
});

test('webhooks and what was sent to them', async () => {
  const at = '/api/shops/:shopId/webhooks';
  const endpoint = { name: 'ERP', url: `${receiver.url}/hook`, kinds: ['order.validated'] };
  const { id } = await does('webhook.create', at, {}, endpoint);
  const one = { endpointId: id };
  for (const act of ['rotate', 'reveal', 'test', 'pause', 'resume'] as const)
    await does(`webhook.${act}`, `${at}/:endpointId/${act}`, one);
  await does('webhook.change', `${at}/:endpointId`, one, endpoint);
  const log = '/api/shops/:shopId/webhook-deliveries/:deliveryId';
  const newest = async () => {
    const { deliveries } = (await camille.get(`${shop}/webhooks/${id}/deliveries`)).body;
    return { deliveryId: deliveries[0].id as number };
  };
  await does('webhook.replay', `${log}/replay`, await newest());
  await does('webhook.hasten', `${log}/hasten`, await newest());
  await does('webhook.skip', `${log}/skip`, await newest());
  await does('webhook.delete', `${at}/:endpointId/delete`, one);
});

test('connections of stores', async () => {
  const at = '/api/shops/:shopId/connections';
  const { id } = await does('connection.create', at, {}, { platform: 'woocommerce', name: 'Maison' });
  const of = { connectionId: id };
  await does('connection.reveal', `${at}/:connectionId/reveal`, of);
  await does('connection.rotate', `${at}/:connectionId/rotate`, of, {});
  const credentials = { key: 'ck_1234', secret: 'cs_1234' };
  await does('connection.api', `${at}/:connectionId/api`, of, { address: receiver.url, credentials });
  const api = { address: 'https://shop.example', credentials };
  await saveStoreApi(office.database.pool, office.keys, shopId(office.shop), id, api);
  await does('connection.pull', `${at}/:connectionId/history`, of);
  await does('connection.pull', `${at}/:connectionId/history/stop`, of);
  await does('connection.pull', `${at}/:connectionId/reconcile`, of);
  await does('connection.delete', `${at}/:connectionId/delete`, of);
});

test('the team, and mails of the shop', async () => {
  const at = '/api/shops/:shopId';
  const noe = await office.admin('noe@b.example');
  const asked = { email: 'lou@b.example', role: 'user', lang: 'fr' };
  await does('member.invite', `${at}/members/invite`, {}, asked);
  const open = async () => {
    const { invitations } = (await camille.get(`${shop}/members`)).body;
    return { invitationId: invitations[0].id as number };
  };
  await does('member.resend', `${at}/invitations/:invitationId/resend`, await open());
  const { rows } = (await camille.get(`${shop}/outbox`)).body;
  const mail = { mailId: rows.find(({ to }: { to: string }) => to === 'lou@b.example').id };
  await takes('mail.download', `${at}/outbox/:mailId/eml`, mail);
  await does('mail.retry', `${at}/outbox/:mailId/retry`, mail);
  const token = secretIn(await letterTo('lou@b.example'));
  const lou = { token, name: 'Lou', password: testPassword };
  await does('member.join', '/api/invitation/accept', {}, lou, office.stranger());
  await does('member.invite', `${at}/members/invite`, {}, { ...asked, email: 'zoe@b.example' });
  await does('member.withdraw', `${at}/invitations/:invitationId/withdraw`, await open());
  await does('member.alarms', `${at}/alarms`, {}, { alarms: ['silent'] });
  await does('member.role', `${at}/members/:userId/role`, { userId: noe.id }, { role: 'user' });
  await does('member.remove', `${at}/members/:userId/remove`, { userId: noe.id });
});

test('one’s own account', async () => {
  const at = '/api/account';
  const ines = await office.admin('ines@b.example');
  const other = await office.admin('ines@b.example');
  await does('account.change', at, {}, { name: 'Inès', lang: 'fr' }, ines);
  await does('account.sessions', `${at}/sessions/end`, {}, { sessionId: null }, ines);
  expect((await other.get('/api/account')).status).toBe(401);
  const password = { current: testPassword, password: 'another long password' };
  await does('account.password', `${at}/password`, {}, password, ines);
  const begun = await ines.post(`${at}/second-factor`, { password: password.password });
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  const factor = `${at}/second-factor`;
  const timestamp = office.now;
  const confirmed = await does(
    'account.second_factor_on',
    `${factor}/confirm`,
    {},
    { code: totp.generate({ timestamp }) },
    ines,
  );
  const renewed = await does('account.backup_codes', `${factor}/codes`, {}, { code: confirmed.codes[0] }, ines);
  await does('account.second_factor_off', `${factor}/off`, {}, { code: renewed.codes[0] }, ines);
  const stranger = office.stranger();
  await does('account.forgotten', '/api/password/forgotten', {}, { email: 'ines@b.example' }, stranger);
  const token = secretIn(await letterTo('ines@b.example'));
  await does('account.reset', '/api/password/reset', {}, { token, password: testPassword }, stranger);
});

test('imports, from their run to their end', async () => {
  const at = '/api/shops/:shopId/imports';
  const { id } = (await camille.post(`${shop}/imports`, { kind: 'profiles', fileName: 'clients.csv', size: 9 })).body;
  const of = { importId: id };
  const turn = (state: string) =>
    office.database.pool.query('update import set state = $2, setup = $3 where id = $1', [
      id,
      state,
      JSON.stringify({ encoding: null, separator: null, header: true, columns: ['email'], grouped: false }),
    ]);
  await turn('ready');
  await does('import.run', `${at}/:importId/run`, of);
  await does('import.stop', `${at}/:importId/stop`, of);
  await turn('done');
  await takes('import.report', `${at}/:importId/report.csv`, of);
  await does('import.undo', `${at}/:importId/undo`, of, { reason: 'mauvais fichier' });
  await turn('done');
  await does('import.delete', `${at}/:importId/delete`, of);
});

test('imports that recur', async () => {
  const rules = {
    ...{ dates: 'dmy', decimal: null, store: null, currency: null, statuses: {}, states: {} },
    ...{ asOf: null, reset: null, uplift: false },
  };
  const setup = { encoding: null, separator: null, header: true, columns: ['email'], grouped: false, rules };
  const kept = { kind: 'profiles', name: 'Caisse', setup, headers: ['E-mail'] };
  expect((await camille.post(`${shop}/import-templates`, kept)).status).toBe(200);
  const at = '/api/shops/:shopId/import-sources';
  const body = {
    ...{ name: 'Caisse', kind: 'profiles', template: 'Caisse', address: `${receiver.url}/clients.csv`, userName: '' },
    ...{ every: 'day', hour: 3, weekday: 1, notify: camille.id, secret: null },
  };
  const of = { sourceId: (await does('import_source.create', at, {}, body)).id };
  await does('import_source.change', `${at}/:sourceId`, of, body);
  await does('import_source.run', `${at}/:sourceId/run`, of);
  await does('import_source.pause', `${at}/:sourceId/pause`, of, { paused: true });
  await office.database.pool.query(`update import_source set host_key_shown = 'ssh-ed25519 SHA256:x'`);
  await does('import_source.host_key', `${at}/:sourceId/host-key`, of, { hostKey: 'ssh-ed25519 SHA256:x' });
  await does('import_source.delete', `${at}/:sourceId/delete`, of);
});

test('exports, as they are asked for and taken away', async () => {
  const at = '/api/shops/:shopId/exports';
  const asked = { format: 'csv', lang: 'fr', filter: {} };
  let exportId = '';
  for (const kind of ['profiles', 'orders', 'consents', 'journal'])
    exportId = (await does('data.export', `${at}/${kind}`, {}, asked)).id;
  await takes('data.download', `${at}/:exportId/file`, { exportId });
});

test('the installation: its shops, its people, mails of no shop', async () => {
  const at = '/api/instance/shops';
  const { shopId: made } = await does('shop.create', at, {}, { name: 'Éphémère' });
  const noe = await office.admin('noe@b.example');
  await does('shop.close', `${at}/:shopId/close`, { shopId: made });
  await does('shop.open', `${at}/:shopId/open`, { shopId: made });
  await does('member.join', `${at}/:shopId/join`, { shopId: made }, undefined, noe);
  await takes('shop.export', `${at}/:shopId/export`, { shopId: made });
  await does('shop.close', `${at}/:shopId/close`, { shopId: made });
  await does('shop.delete', `${at}/:shopId/delete`, { shopId: made }, { name: 'Éphémère' });
  const people = '/api/instance/people/:userId';
  const of = { userId: noe.id };
  await does('user.owner_end', `${people}/owner`, of, { instanceAdmin: false });
  await does('user.owner', `${people}/owner`, of, { instanceAdmin: true });
  await does('user.second_factor_off', `${people}/second-factor-off`, of);
  await does('user.owner_end', `${people}/owner`, of, { instanceAdmin: false });
  await does('user.delete', `${people}/delete`, of);
  await does('instance.retention', '/api/instance/retention', {}, { rawDays: 20 });
  const { rows } = (await camille.get('/api/instance/outbox')).body;
  const mail = { mailId: rows[0].id };
  await takes('mail.download', '/api/instance/outbox/:mailId/eml', mail);
  await does('mail.retry', '/api/instance/outbox/:mailId/retry', mail);
});

test('no route that does something is left out, and no act that nothing writes', () => {
  const doing = office.routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
  const named = doing.map(({ method, url }) => `${method} ${url}`);
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((one) => !walked.has(one) && !(one in quiet)).sort()).toEqual([]);
  expect(Object.keys(quiet).filter((one) => !named.includes(one) || walked.has(one))).toEqual([]);
  expect(Object.keys(auditActs).filter((act) => !acted.has(act) && !elsewhere.some((one) => one === act))).toEqual([]);
});

test('nothing else leaves as a file', async () => {
  // The streams do not end by themselves.
  const asking = office.routes.filter(({ method, url }) => method === 'GET' && !url.endsWith('/live'));
  const { rows } = (await camille.get('/api/instance/outbox')).body;
  const values = {
    profileId: 2,
    basisId: 4,
    orderId: 1,
    requestId: 1,
    mailId: rows[0].id,
    endpointId: 1,
    deliveryId: 1,
  };
  const files: string[] = [];
  for (const { url } of asking) {
    const answer = await office.app.inject({ url: fill(url, values), headers: { cookie: camille.cookie() } });
    if (answer.headers['content-disposition'] !== undefined) files.push(`GET ${url}`);
  }
  expect(files.filter((one) => !walked.has(one) && !harmless.includes(one))).toEqual([]);
  expect(files.length).toBeGreaterThan(3);
});
