/** Every screen of the back office, and how to get there: what the pictures and the accessibility test walk through. */
import type { Page } from 'playwright-core';
import { shopId } from '#domain/ids.ts';
import { createExport } from '#store/export-file.ts';
import { addPiece, changeImport, createImport, wakeImports } from '#store/import-file.ts';
import { keepTemplate } from '#store/import-template.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByPassword } from './sign-in.ts';

export interface Screen {
  /** As in src/ui/router.tsx; `$name` is filled in by `idsOf`. */
  readonly route: string;
  /** Something that is there once its data is. */
  readonly filled: string;
}

export const signedOut: readonly Screen[] = [
  { route: '/sign-in', filled: '[data-testid=sign-in-email]' },
  { route: '/sign-in/link', filled: '[role=alert]' },
  { route: '/sign-in/code', filled: '[data-testid=sign-in-code]' },
  { route: '/sign-in/forgotten', filled: '[data-testid=forgotten-email]' },
  { route: '/sign-in/reset', filled: '[data-testid=password-new]' },
  { route: '/invitation', filled: '[role=alert]' },
];

export const screens: readonly Screen[] = [
  { route: '/shops', filled: '[data-testid=shop-card]' },
  { route: '/shops/$shopId/overview', filled: 'h1' },
  { route: '/shops/$shopId/tracker', filled: '[data-testid=guide] h3' },
  { route: '/shops/$shopId/documents/$folder/$name', filled: '[data-testid=document] h1' },
  { route: '/shops/$shopId/verification', filled: '[data-testid=verification-row]' },
  { route: '/shops/$shopId/orders', filled: '[data-testid=order-row]' },
  { route: '/shops/$shopId/orders/$orderId', filled: 'h1' },
  { route: '/shops/$shopId/profiles', filled: '[data-testid=profile-row]' },
  { route: '/shops/$shopId/profiles/$profileId', filled: '[data-testid=basis-row]' },
  { route: '/shops/$shopId/profiles/$profileId/bases/$basisId', filled: 'h1' },
  { route: '/shops/$shopId/imports', filled: '[data-testid=import-row]' },
  { route: '/shops/$shopId/imports/$importId', filled: '[data-testid=import-preview-line]' },
  { route: '/shops/$shopId/exports', filled: '[data-testid=export]' },
  { route: '/shops/$shopId/gdpr', filled: 'h1' },
  { route: '/shops/$shopId/gdpr/bases/$basisId', filled: 'h1' },
  { route: '/shops/$shopId/gdpr/ledger', filled: 'h1' },
  { route: '/shops/$shopId/gdpr/objections', filled: 'h1' },
  { route: '/shops/$shopId/gdpr/retention', filled: '[data-testid=retention-row]' },
  { route: '/shops/$shopId/gdpr/requests', filled: '[data-testid=rights-row]' },
  { route: '/shops/$shopId/gdpr/requests/$requestId', filled: '[data-testid=rights-step]' },
  { route: '/shops/$shopId/settings', filled: 'h1' },
  { route: '/shops/$shopId/webhooks', filled: 'h1' },
  { route: '/shops/$shopId/outbox', filled: '[data-testid=mail]' },
  { route: '/dev', filled: '[data-testid=verification-row]' },
  { route: '/dev/documents/$folder/$name', filled: '[data-testid=document] h1' },
  { route: '/shops/$shopId/members', filled: '[data-testid=member]' },
  { route: '/shops/$shopId/audit', filled: '[data-testid=audit-row]' },
  { route: '/account', filled: '[data-testid=session]' },
  { route: '/instance', filled: '[data-testid=instance-shop]' },
  { route: '/instance/people', filled: '[data-testid=instance-person]' },
  { route: '/instance/health', filled: '[data-testid=health]' },
  { route: '/instance/retention', filled: '[data-testid=retention-row]' },
  { route: '/instance/outbox', filled: '[data-testid=mail]' },
  { route: '/instance/audit', filled: '[data-testid=audit-kind]' },
];

/** Pages the server draws, to print. */
export const printed: readonly Screen[] = [
  { route: '/api/shops/$shopId/register/register.html', filled: 'h1' },
  { route: '/api/shops/$shopId/register/annex.html', filled: 'h1' },
  { route: '/api/shops/$shopId/profiles/$profileId/bases/$basisId/receipt', filled: 'h1' },
];

/** Routes that show nothing of their own: they lead on. */
export const leadOn: readonly string[] = ['/', '/shops/$shopId'];

/** Values for the screens' addresses, from what the shop has. */
export async function idsOf(program: TestProgram): Promise<Readonly<Record<string, string>>> {
  const { rows } = await program.base.pool.query<{ order: string; profile: string; request: string; import: string }>(
    `select (select id::text from orders where shop_id = 1 order by id limit 1) as order,
       (select id::text from profile where shop_id = 1 order by id limit 1) as profile,
       (select id::text from rights_request where shop_id = 1 order by id limit 1) as request,
       (select id::text from import where shop_id = 1 limit 1) as import`,
  );
  const [row] = rows;
  return {
    shopId: '1',
    orderId: row?.order ?? '',
    profileId: row?.profile ?? '',
    requestId: row?.request ?? '',
    importId: row?.import ?? '',
    basisId: '4',
    folder: 'guides',
    name: 'woocommerce',
  };
}

/** Invites a developer as who is signed in on `page`, and opens their page in the same browser. */
export async function openDeveloper(page: Page, url: string): Promise<void> {
  const eml = await page.evaluate(async () => {
    const body = { emails: ['dev@agence.example'], lang: 'fr', note: 'Merci !', days: 30, mayRead: false };
    const headers = { 'content-type': 'application/json' };
    await fetch('/api/shops/1/developers', { method: 'POST', headers, body: JSON.stringify(body) });
    const outbox: { rows: { id: string; to: string }[] } = await (await fetch('/api/shops/1/outbox')).json();
    const mail = outbox.rows.find(({ to }) => to === 'dev@agence.example');
    return (await fetch(`/api/shops/1/outbox/${mail?.id}/eml`)).text();
  });
  const token = /\/dev#([\w.-]+)/.exec(eml.replace(/=\r?\n/g, ''))?.[1] ?? '';
  await page.goto(`${url}/dev#${token}`);
  await page.getByTestId('developer-open').click();
  await page.getByTestId('developer-page').waitFor();
}

export async function visit(
  page: Page,
  url: string,
  screen: Screen,
  ids: Readonly<Record<string, string>>,
): Promise<void> {
  await page.goto(url + screen.route.replace(/\$(\w+)/g, (_, name: string) => ids[name] ?? ''));
  await page.locator(screen.filled).first().waitFor();
}

const owner = { email: 'camille@b.example', password: 'correct horse battery' };

/** A program whose first shop has something for every screen. */
export async function startFilledShop(): Promise<TestProgram> {
  const program = await startTestProgram({
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: owner.email,
    ADMIN_PASSWORD: owner.password,
  });
  await fillShop(program, '333abc', owner.email);
  return program;
}

/** Signs in as the owner of that shop; its card is shown. */
export async function signInAsOwner(page: Page, url: string): Promise<void> {
  await signInByPassword(page, url, owner);
  await page.getByTestId('shop-card').first().waitFor();
}

/** `owner`: the address of whoever owns the installation, who forgets a password. An order with its opt-in, a call that cannot be used, a state that means nothing: a screen with something on it. */
async function fillShop(program: TestProgram, publicKey: string, owner: string): Promise<void> {
  const call = (fields: Readonly<Record<string, string>>) =>
    fetch(`${program.url}/track?${new URLSearchParams({ site: publicKey, ...fields })}`);
  for (let n = 1; n <= 11; n++) {
    const email = `lea${n}@b.example`;
    await call({
      action: 'order',
      email,
      idorder: `A-${n}`,
      amount: '42.50',
      state: n === 2 ? '777' : '10',
      optin: '1',
    });
  }
  await call({ action: 'bogus' });
  await fetch(`${program.url}/api/password/forgotten`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: owner }),
  });
  await fetch(`${program.url}/api/rights-requests`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${publicKey}:private-of-the-test`)}` },
    body: JSON.stringify({ kind: 'erasure', email: 'lea1@b.example', lang: 'fr', note: 'Merci d’effacer mon compte.' }),
  });
  await fillImport(program);
  await fillSource(program);
  await fillExports(program);
}

/** A file of orders, looked at, with a line that would be refused. */
async function fillImport({ base: { pool } }: TestProgram): Promise<void> {
  const bytes = Buffer.from(
    'Référence;E-mail;Total;Date\nI-1;zoe@b.example;12,50;31/01/2024\nI-2;max@b.example;gratuit;01/02/2024\n',
  );
  const file = {
    shopId: shopId(1),
    kind: 'orders',
    fileName: 'commandes.csv',
    size: bytes.length,
    createdBy: '1',
    setup: null,
  };
  const id = await createImport(pool, file, Date.now());
  await addPiece(pool, shopId(1), id, 0, bytes);
  await changeImport(pool, shopId(1), id, ['uploading'], { state: 'reading' });
  await wakeImports(pool);
}

/** A recurring import whose server shows another key than before; it is paused, so that nothing is asked of anybody. */
async function fillSource({ base: { pool } }: TestProgram): Promise<void> {
  const rules = {
    ...{ dates: 'dmy', decimal: 'comma', store: null, currency: null, statuses: {}, states: {} },
    ...{ asOf: null, reset: null, uplift: false },
  };
  const setup = { encoding: null, separator: null, header: true, columns: ['key', 'email'], grouped: false, rules };
  const kept = { kind: 'orders', name: 'ERP', setup, headers: ['Référence', 'E-mail'] };
  await keepTemplate(pool, shopId(1), kept);
  const print = `ssh-ed25519 SHA256:${'Ab3'.repeat(14)}x`;
  await pool.query(
    `with source as (
       insert into import_source (shop_id, name, kind, template, address, user_name, every, hour, weekday, notify_user, next_at, paused_at,
         host_key, host_key_shown, fault, created_by, created_at)
       select 1, 'Commandes du magasin', 'orders', 'ERP', 'sftp://sftp.erp.example:22/export/commandes.csv', 'maison', 'week', 5, 1, id,
         now() + interval '1 day', now(), $1, $2, 'source.host_key', id, now()
       from app_user order by created_at limit 1 returning shop_id, id)
     insert into import_source_run (shop_id, source_id, at, outcome, fault)
     select shop_id, id, now() - interval '1 day' * n, case n when 1 then 'failed' else 'same' end, case n when 1 then 'source.host_key' end
     from source, generate_series(1, 2) n`,
    [print, print.replace('Ab3', 'Zz9')],
  );
}

/** Two files the first member asked for: one made while it is downloaded, one that a job prepares. */
async function fillExports({ base: { pool } }: TestProgram): Promise<void> {
  const { rows } = await pool.query<{ id: string }>('select id from app_user order by created_at limit 1');
  const made = { shopId: shopId(1), format: 'csv', lang: 'fr', scope: 'full', filter: {}, askedBy: rows[0]?.id ?? '' };
  const now = Date.now();
  await createExport(pool, { ...made, kind: 'orders', fileName: 'commandes.csv', expiresAt: now + 3_600_000 }, 20, now);
  await createExport(pool, { ...made, kind: 'profiles', fileName: 'profils.csv', expiresAt: null }, 20, now);
}
