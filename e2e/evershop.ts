/** An EverShop storefront (e2e/evershop: its own lockfile, settings and our extension) on a PostgreSQL of its own, connected through sdk/. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres } from '#store/postgres.ts';
import { freePort, freshDataDir } from './harness.ts';

const root = join(import.meta.dirname, '..');
const recipe = join(import.meta.dirname, 'evershop');
/** Its modules are 600 packages: kept between runs, brought to what the lockfile says at each. */
const folder = join(root, '.cache/evershop');

export const seller = { name: 'Camille', email: 'camille@boutique.example', password: 'Correct-horse-9-battery' };

export interface EverShop {
  readonly url: string;
  /** What it printed. */
  output(): string;
  stop(): Promise<void>;
}

export interface TrackerKeys {
  readonly url: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** With one product (`/tasse`, 12.50 €), one way of shipping and cash on delivery. */
export async function startEverShop(tracker: TrackerKeys): Promise<EverShop> {
  await layOut();
  const dataDir = await freshDataDir();
  const database = await startPostgres(dataDir.path);
  const port = await freePort();
  const env = { ...environment(database.url, port), ...trackerEnvironment(tracker) };
  runShop(env, 'build');
  const { child, output } = await serve(env);
  const url = `http://localhost:${port}`;
  runShop(env, 'user:create', '--name', seller.name, '--email', seller.email, '--password', seller.password);
  await stock(url);
  return {
    url,
    output,
    async stop() {
      await endGroup(child);
      await database.stop();
      await dataDir.remove();
    },
  };
}

/** The shop's folder as a developer would have it: EverShop from the registry, our client, our extension. */
async function layOut(): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'config'])
    await cp(join(recipe, name), join(folder, name), { recursive: true });
  run('npm', ['ci', '--no-audit', '--no-fund'], folder, { ...process.env });
  const client = join(folder, 'node_modules/spread-tracker-sdk');
  run('npx', ['tsc', '-p', 'sdk/tsconfig.pack.json', '--outDir', join(client, 'dist')], root, { ...process.env });
  await cp(join(root, 'sdk/package.json'), join(client, 'package.json'));
  const extension = join(folder, 'extensions/spread-tracker');
  await rm(extension, { recursive: true, force: true });
  await cp(join(recipe, 'extension'), join(extension, 'dist'), { recursive: true });
  await writeFile(join(extension, 'package.json'), '{ "name": "spread-tracker", "type": "module" }\n');
}

type Environment = Readonly<Record<string, string | undefined>>;

function environment(databaseUrl: string, port: number): Environment {
  const { searchParams, username, password, pathname } = new URL(databaseUrl);
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    PORT: String(port),
    DB_HOST: searchParams.get('host') ?? '',
    DB_PORT: searchParams.get('port') ?? '5432',
    DB_USER: decodeURIComponent(username),
    DB_PASSWORD: decodeURIComponent(password),
    DB_NAME: pathname.slice(1),
    DB_SSLMODE: 'disable',
  };
}

function trackerEnvironment({ url, publicKey, privateKey }: TrackerKeys): Environment {
  return { TRACKER_URL: url, TRACKER_PUBLIC_KEY: publicKey, TRACKER_PRIVATE_KEY: privateKey };
}

function runShop(env: Environment, ...words: string[]): void {
  run('npx', ['evershop', ...words], folder, env);
}

function run(program: string, words: readonly string[], cwd: string, env: Environment): void {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words[0]} ended with ${status}: ${stdout} ${stderr}`);
}

async function serve(env: Environment) {
  const child = spawn('npx', ['evershop', 'start'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  const url = `http://localhost:${env.PORT}`;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return { child, output: () => said };
    if (child.exitCode !== null) throw new Error(`EverShop ended: ${said}`);
    // it says nothing a program could wait for
    await pause(500);
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await gone;
}

/** Fills the new shop through its own API, as its admin does. */
async function stock(url: string): Promise<void> {
  const cookies: string[] = [];
  const call = async (method: string, path: string, body: object): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie: cookies.join('; ') },
      body: JSON.stringify(body),
    });
    cookies.push(...answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? ''));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`EverShop's ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  await call('POST', '/admin/user/login', { email: seller.email, password: seller.password });
  await call('POST', '/api/settings', { codPaymentStatus: 1, codDisplayName: 'Cash on delivery' });
  const parcel = await call('POST', '/api/packages', {
    name: 'Parcel',
    type: 'box',
    length: 20,
    width: 20,
    height: 20,
    weight: 0.1,
  });
  await call('POST', '/api/products', {
    name: 'Tasse',
    sku: 'TASSE-1',
    url_key: 'tasse',
    price: 12.5,
    qty: 100,
    weight: 1,
    group_id: 1,
    status: 1,
    visibility: 1,
    manage_stock: 0,
    stock_availability: 1,
    package_id: parcel.data.package_id,
    description: [],
  });
  const zone = await call('POST', '/api/shippingZones', { name: 'France', countries: ['FR'], country: 'FR' });
  const method = await call('POST', '/api/shippingProviders/core/methods', { name: 'Standard' });
  await call('POST', '/api/shippingProviders/core/rates', {
    method_id: method.data.uuid,
    zone_id: zone.data.uuid,
    is_enabled: true,
    cost: 4.9,
  });
}

interface Answer {
  readonly data: Readonly<Record<string, string | number>>;
}
