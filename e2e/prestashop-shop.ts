/** A PrestaShop that is none: the module run by Debian's PHP on stubs of PrestaShop's classes fed with what was recorded on 8.2.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { phpPath } from '../checks/programs.ts';
import {
  type Delivery,
  type InstalledPlugin,
  installPlugin,
  type Receiver,
  runPlugin,
  startReceiver,
  testingFolder,
} from './php-plugin.ts';
import { prestashopWorld } from './prestashop-world.ts';

export const secret = 'the secret of this source';
export const publicKey = '333cafe0333cafe0';
export const rows = { sql: 'select * from ps_spreadtracker_queue order by id' };

export let module: InstalledPlugin;
export let receiver: Receiver;
export let env: Record<string, string>;
let nonce: string;

/** For each test of the file: a shop with the module's files, and somebody who takes its deliveries. */
export function useShop(): void {
  beforeEach(async () => {
    receiver = await startReceiver(secret);
    module = await installPlugin('prestashop', { deliveryUrl: receiver.url, publicKey });
    env = { STUB_DATABASE: join(module.place, 'shop.sqlite'), STUB_WORLD: join(module.place, 'world.json') };
    await world();
  });
  afterEach(async () => {
    await receiver.close();
    await module.remove();
  });
}

/** What PHP's processes find in their environment from here on. */
export function setEnv(more: Readonly<Record<string, string>>): void {
  env = { ...env, ...more };
}

export async function world(changes: Parameters<typeof prestashopWorld>[0] = {}): Promise<void> {
  await writeFile(join(module.place, 'world.json'), JSON.stringify(prestashopWorld(changes)));
}

export function php(...steps: readonly object[]): Promise<unknown[]> {
  return runPlugin('prestashop.php', module.folder, env, steps);
}

/** Everything that waits is due. */
export const due = { execute: 'update ps_spreadtracker_queue set next_at = 0' };
export const send = { send: 30 };

export async function readNonce(): Promise<void> {
  const [page] = await php({ call: 'getContent' });
  nonce = /name="spreadtracker_nonce" value="([0-9a-f]+)"/.exec(String(page))?.[1] ?? '';
}

/** The settings page, sent by the employee whose form it is. */
export function form(fields: Record<string, string> = {}): object {
  const switches = ['ACTIVE', 'SNIPPET', 'CUSTOMERS', 'ORDERS', 'CARTS', 'NEWSLETTER'];
  const post = {
    submitSpreadtracker: '1',
    spreadtracker_nonce: nonce,
    SPREADTRACKER_URL: receiver.url,
    SPREADTRACKER_SECRET: secret,
    SPREADTRACKER_PUBLIC_KEY: publicKey,
    ...Object.fromEntries(switches.map((name) => [`SPREADTRACKER_${name}`, '1'])),
    ...fields,
  };
  return { call: 'getContent', post };
}

export async function configure(fields: Record<string, string> = {}): Promise<string> {
  return String((await php(form(fields)))[0]);
}

export async function installed(fields: Record<string, string> = {}): Promise<void> {
  await php({ call: 'install' });
  await readNonce();
  expect(await configure(fields)).toContain('class="done"');
}

export function byTopic(topic: string): Delivery[] {
  return receiver.deliveries.filter((one) => one.topic === topic);
}

/** PHP's own server with the shop's pages. */
export async function startPages(
  given: Record<string, string>,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const router = join(testingFolder, 'prestashop-pages.php');
  const child: ChildProcess = spawn(phpPath(), ['-S', '127.0.0.1:0', router], {
    env: { PATH: process.env.PATH ?? '', ...given },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
      const started = /\((http:\S+)\) started/.exec(said)?.[1];
      if (started !== undefined) resolve(started);
    });
    child.once('exit', () => reject(new Error(`PHP's server ended: ${said}`)));
  });
  return {
    url,
    async stop() {
      child.removeAllListeners('exit');
      child.kill();
      await once(child, 'close');
    },
  };
}
