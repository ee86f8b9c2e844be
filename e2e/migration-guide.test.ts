/** The migration guide, followed word by word: its code blocks run with only host and keys put in, on the demo shop and beside it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appliedChannel } from '#intake/settle.ts';
import { phpPath } from '../checks/programs.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { type DemoPages, openDemoPages } from './demo-pages.ts';
import { order, signUp, type Visitor } from './demo-visit.ts';
import { freePort, startTestProgram, type TestProgram } from './harness.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const keys = {
  public: '333feed0333feed0333feed0333feed0333feed0333feed0333feed0',
  private: 'the-private-key-the-shop-had-with-SPREAD',
};

let program: TestProgram;
let browser: TestBrowser;
let shopPages: Server;
let shopUrl: string;
let folder: string;
let shop: number;
let demo: DemoPages;
/** Pages of the demo shop that had the guide's code put in. */
let replaced = 0;

const guides = { fr: blocksOf('fr'), en: blocksOf('en') };

beforeAll(async () => {
  const port = await freePort();
  // § 1: the keys the shop has already
  const env = Object.fromEntries(
    block('ini env', { url: `http://127.0.0.1:${port}` })
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  program = await startTestProgram({ ...env, PORT: String(port) });
  const { rows } = await program.base.pool.query('select shop_id from shop_key where public_key = $1', [keys.public]);
  shop = rows[0].shop_id;
  demo = await openDemoPages(program, ({ sporder, publicKey }) => {
    replaced += 1;
    const stated = sporder === null ? '' : `<script type="text/javascript">${sporder}</script>`;
    return { body: stated + block('html page', { publicKey }) };
  });
  folder = await mkdtemp(join(tmpdir(), 'spread-guide-'));
  browser = await openBrowser();
  const pages: Record<string, string> = {
    '/': block('html page'),
    '/welcome': block('html account') + block('html page'),
    '/thanks': block('html order') + block('html page'),
    '/gtm': block('html gtm'),
  };
  shopPages = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><title>Boutique</title><body><h1>Boutique</h1>${pages[request.url ?? '/'] ?? ''}</body>`,
    );
  });
  shopPages.listen(0, '127.0.0.1');
  await once(shopPages, 'listening');
  shopUrl = `http://127.0.0.1:${(shopPages.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await browser.close();
  await demo.close();
  shopPages.closeAllConnections();
  shopPages.close();
  await program.stop();
  await rm(folder, { recursive: true, force: true });
});

test('both languages give the same code', () => {
  expect([...guides.en]).toEqual([...guides.fr]);
  expect([...guides.fr.keys()]).toEqual([
    ...['ini env', 'html page', 'html account', 'html order', 'html gtm', 'php calls', 'php login'],
    ...['sh module', 'php cart', 'sh read'],
  ]);
});

test('§ 2, § 3: pages with the new host send what they sent', async () => {
  for (const path of ['/', '/welcome', '/thanks', '/gtm']) {
    const { page, context, faults } = await browser.visit();
    const identified = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/sp-json.php');
    await page.goto(`${shopUrl}${path}`);
    expect((await identified).status()).toBe(200);
    expect(faults.filter((fault) => !fault.includes('favicon'))).toEqual([]);
    await context.close();
  }
  const rows = await journal('track', 2);
  expect(rows.map(({ kind, outcome, source }) => [kind, outcome, source])).toEqual([
    ['account', 'applied', 'browser'],
    ['order', 'applied', 'browser'],
  ]);
  const { rows: orders } = await program.base.pool.query(
    'select key, total_minor, payment, tags from orders where shop_id = $1',
    [shop],
  );
  expect(orders).toEqual([{ key: '1042', total_minor: 8990, payment: 'paid', tags: ['web'] }]);
});

test('§ 2 on the demo shop: its pages, with the code of the guide in the place of their own', async () => {
  const buyer: Visitor = {
    email: 'camille@client.example',
    firstname: 'Camille',
    name: 'Martin',
    mobile: '0612345678',
  };
  const { page, context, faults } = await browser.visit();
  await signUp(page, demo.url, buyer);
  const reference = await order(page, demo.url, buyer, { optIns: true });
  expect(faults).toEqual([]);
  expect(replaced).toBeGreaterThan(3);
  const seen = await journal('track', 2, demo.shopId);
  // the demo shop's server states the same: whoever comes second changes nothing
  expect(seen.map(({ kind }) => kind)).toEqual(['account', 'order']);
  expect(seen.filter(({ outcome }) => outcome !== 'applied' && outcome !== 'unchanged')).toEqual([]);
  const { rows: orders } = await program.base.pool.query('select key from orders where shop_id = $1', [demo.shopId]);
  expect(orders).toEqual([{ key: reference }]);
  await context.close();
});

test('§ 4, § 6: the PHP calls, from the account to the hand-over and the cart', async () => {
  const file = join(folder, 'calls.php');
  const code = [block('php calls'), block('php login'), block('php cart')];
  // one file: what a shop has in several
  await writeFile(
    file,
    `${code.map((part, place) => (place === 0 ? part : part.replace('<?php', ''))).join('\n')}\necho json_encode($answer);`,
  );
  const { stdout, stderr } = await run(phpPath(), [file]);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ datas: { cookie: expect.stringMatching(/^[\w-]{40,}$/) } });
  const rows = await journal('^v[13]/', 6);
  expect(rows.map(({ format, outcome }) => [format, outcome])).toEqual([
    ['v1/CreateAccount', 'applied'],
    ['v1/CreateOrder', 'applied'],
    ['v1/UpdateOrder', 'applied'],
    ['v1/RegenCookie', 'applied'],
    ['v3/trigger', 'applied'],
    ['v3/stop', 'applied'],
  ]);
  const { rows: orders } = await program.base.pool.query(
    `select total_minor, payment, validated from orders where shop_id = $1 and key = '1043'`,
    [shop],
  );
  expect(orders).toEqual([{ total_minor: 5400, payment: 'paid', validated: true }]);
  const { rows: carts } = await program.base.pool.query('select key, status from cart where shop_id = $1', [shop]);
  expect(carts).toEqual([{ key: '12345', status: 'emptied' }]);
});

test('§ 5: a module whose files name the new host', async () => {
  const module = join(folder, 'module');
  await cp(join(root, 'e2e/php/module'), module, { recursive: true });
  await run('sh', ['-c', block('sh module')], { cwd: module });
  const files = await Promise.all(
    ['classes/Spread.php', 'views/footer.tpl'].map((file) => readFile(join(module, file), 'utf8')),
  );
  const { host } = new URL(program.url);
  expect(files.join('\n')).not.toMatch(/(social|static)-sb\.com/);
  expect(files[0]).toContain(`'${program.url}/api/GetToken'`);
  expect(files[1]).toContain(`src="//${host}/js/sb-tracker.js"`);
  const before = (await journal('^v1/', 0)).length;
  const { stdout } = await run(phpPath(), [join(module, 'classes/Spread.php'), keys.public, keys.private]);
  expect(JSON.parse(stdout)).toMatchObject({ datas: {} });
  expect((await journal('^v1/', before + 1)).at(-1)).toMatchObject({ format: 'v1/CreateAccount', outcome: 'applied' });
});

test('§ 7: the tools that read', async () => {
  const { stdout } = await run('sh', ['-c', block('sh read')]);
  const read = JSON.parse(stdout);
  expect(read.count).toBe(2);
  expect(read.orders.map(({ orderId }: { orderId: string }) => orderId).sort()).toEqual(['1042', '1043']);
});

/** A code block of the guide by what follows its fence, with this server's address and the shop's keys in it. */
function block(name: string, put: { url?: string; publicKey?: string } = {}): string {
  const code = guides.fr.get(name);
  if (code === undefined) throw new Error(`the guide has no block "${name}"`);
  const { url = program.url, publicKey = keys.public } = put;
  return code
    .replaceAll('https://spread.example.com', url)
    .replaceAll('spread.example.com', new URL(url).host)
    .replaceAll('PUBLIC_KEY', (word, place: number, all: string) => (all[place - 1] === '_' ? word : publicKey))
    .replaceAll('PRIVATE_KEY', (word, place: number, all: string) => (all[place - 1] === '_' ? word : keys.private));
}

function blocksOf(language: string): Map<string, string> {
  const guide = readFileSync(join(root, `docs/guides/migrate-from-spread.${language}.md`), 'utf8');
  const blocks = new Map<string, string>();
  for (const [, indent = '', name = '', code = ''] of guide.matchAll(/^( *)```(\w+ \w+)\n([\s\S]*?)\n *```$/gm)) {
    blocks.set(name, code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
  }
  return blocks;
}

/** A shop's journal rows of these formats, once there are as many. */
async function journal(formats: string, count: number, of = shop): Promise<Record<string, unknown>[]> {
  const client = await program.base.pool.connect();
  try {
    await client.query(`listen ${appliedChannel}`);
    for (;;) {
      const heard = once(client, 'notification');
      const { rows } = await client.query(
        'select format, source, kind, outcome from journal where shop_id = $1 and format ~ $2 order by received_at, seq',
        [of, formats],
      );
      if (rows.length >= count) return rows;
      await heard;
    }
  } finally {
    client.release(true);
  }
}
