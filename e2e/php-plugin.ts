/** Our plugins as a shop has them: unpacked from what the program serves, run by a real PHP on stubs of their platform (plugins/testing). */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PluginPlatform, pluginEntries, readPlugins } from '#http/back-office/plugin-archive.ts';
import { phpPath } from '../checks/programs.ts';

const root = join(import.meta.dirname, '..');
export const testingFolder = join(root, 'plugins/testing');

export interface InstalledPlugin {
  /** Of the plugin's first file. */
  readonly folder: string;
  /** Where a test may put what belongs to the shop. */
  readonly place: string;
  remove(): Promise<void>;
}

export async function installPlugin(
  platform: PluginPlatform,
  shop: { readonly deliveryUrl: string; readonly publicKey: string },
): Promise<InstalledPlugin> {
  const place = await mkdtemp(join(tmpdir(), `spread-${platform}-`));
  const entries = pluginEntries(await readPlugins(join(root, 'plugins')), platform, shop);
  for (const { name, text } of entries) {
    await mkdir(join(place, dirname(name)), { recursive: true });
    await writeFile(join(place, name), text);
  }
  const folder = join(place, entries[0]?.name.split('/')[0] ?? '');
  return { folder, place, remove: () => rm(place, { recursive: true, force: true }) };
}

/** Answers of the steps, in their order. PHP's warnings are failures. */
export async function runPlugin(
  driver: 'prestashop.php' | 'wordpress.php',
  target: string,
  env: Readonly<Record<string, string>>,
  steps: readonly object[],
): Promise<unknown[]> {
  const strict = ['-d', 'display_errors=stderr', '-d', 'error_reporting=-1', '-d', 'log_errors=0'];
  const child = spawn(phpPath(), [...strict, join(testingFolder, driver), target], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(JSON.stringify(steps));
  let [said, faults] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    faults += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0 || faults !== '') throw new Error(`PHP ended with ${code}: ${said.slice(0, 2_000)} ${faults}`);
  return JSON.parse(said.slice(said.lastIndexOf('\n') + 1));
}

/** What was recorded on the real platform. */
export function recorded<Shape = Record<string, unknown>>(path: string): Shape {
  return JSON.parse(readFileSync(join(root, 'src/wire', path), 'utf8'));
}

export interface Delivery {
  readonly topic: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly said: Envelope;
}

export interface Envelope {
  readonly platform: string;
  readonly platform_version: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly occurred_at: string;
  readonly visitor?: { readonly token: string };
  readonly object: Readonly<Record<string, unknown>>;
}

export interface Receiver {
  readonly url: string;
  /** Everything that came, also what was not taken. */
  readonly deliveries: Delivery[];
  /** Answers the next calls with these, one each; then 200. */
  answer(...answers: readonly { readonly status: number; readonly retryAfter?: string }[]): void;
  close(): Promise<void>;
}

/** A collector that checks signatures as ours does and keeps what it was sent. */
export async function startReceiver(secret: string): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const next: { readonly status: number; readonly retryAfter?: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { headers } = request;
    const wanted = createHmac('sha256', secret).update(`${headers['x-tracker-timestamp']}.${body}`).digest('hex');
    if (headers['x-tracker-signature'] !== `v1=${wanted}`) {
      response.writeHead(401).end();
      return;
    }
    deliveries.push({
      topic: String(headers['x-tracker-topic']),
      id: String(headers['x-tracker-delivery']),
      headers,
      body,
      said: JSON.parse(body),
    });
    const { status, retryAfter } = next.shift() ?? { status: 200 };
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest/a1b2c3`,
    deliveries,
    answer(...answers) {
      next.push(...answers);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
