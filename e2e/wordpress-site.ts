/** Debian's WordPress on a MariaDB of its own, served by PHP's own server. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phpPath, wordPressPath } from '../checks/programs.ts';
import { runPlugin, testingFolder } from './php-plugin.ts';

export const admin = { name: 'camille', password: 'correct horse battery staple' };

export interface WordPressSite {
  readonly url: string;
  /** Steps of plugins/testing/wordpress.php. */
  run(...steps: readonly object[]): Promise<unknown[]>;
  /** Unpacks an archive as WordPress does with one that was uploaded, and activates the plugin. */
  install(archive: Buffer, plugin: string): Promise<void>;
  /** Whether pages wake WordPress' cron; `cron()` does what a server's crontab would. */
  letPagesWakeCron(on: boolean): Promise<void>;
  cron(): Promise<void>;
  /** What PHP complained of. */
  faults(): Promise<string>;
  stop(): Promise<void>;
}

export async function startWordPress(): Promise<WordPressSite> {
  const place = await mkdtemp(join(tmpdir(), 'spread-wp-'));
  const socket = join(place, 'db.sock');
  const folder = join(place, 'site');
  const database = await startMariaDb(place, socket);
  // links of Debian's package lead to files of others: the site is a copy of what they lead to
  spawnSync('cp', ['-rL', wordPressPath(), folder], { stdio: 'ignore' });
  await rm(join(folder, 'wp-config.php'), { force: true });
  await writeFile(join(folder, 'wp-config.php'), configOf(socket));
  await copyFile(
    join(testingFolder, 'woocommerce-stubs.php'),
    join(folder, 'wp-content/plugins/woocommerce-stubs.php'),
  );
  const server = spawn(phpPath(), ['-S', '127.0.0.1:0', '-t', folder], {
    env: { PATH: process.env.PATH ?? '', PHP_CLI_SERVER_WORKERS: '4' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const url = await lineOf(server, /\((http:\S+)\) started/);
  // its log of requests would fill the pipe
  server.stderr?.resume();
  const env = { STUB_SITE: url };
  const run = (...steps: readonly object[]) => runPlugin('wordpress.php', join(folder, 'wp-load.php'), env, steps);
  const installed = spawnSync(phpPath(), ['-r', installation], {
    env: { ...env, PATH: process.env.PATH ?? '', WP: folder, NAME: admin.name, PASSWORD: admin.password },
    encoding: 'utf8',
  });
  if (installed.status !== 0) throw new Error(`WordPress was not installed: ${installed.stdout} ${installed.stderr}`);
  return {
    url,
    run,
    async install(archive, plugin) {
      const path = join(place, 'plugin.zip');
      await writeFile(path, archive);
      const unpacked = spawnSync(phpPath(), ['-r', unpacking], {
        env: { ...env, PATH: process.env.PATH ?? '', WP: folder, ARCHIVE: path, PLUGIN: plugin },
        encoding: 'utf8',
      });
      if (unpacked.status !== 0) throw new Error(`the plugin was not installed: ${unpacked.stdout} ${unpacked.stderr}`);
    },
    async letPagesWakeCron(on) {
      if (on) await writeFile(join(folder, 'cron-on'), '');
      else await rm(join(folder, 'cron-on'), { force: true });
    },
    async cron() {
      await (await fetch(`${url}/wp-cron.php`)).text();
    },
    async faults() {
      const log = join(place, 'debug.log');
      return existsSync(log) ? readFile(log, 'utf8') : '';
    },
    async stop() {
      // the server's workers are of its group
      if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
      await ended(server);
      database.kill('SIGTERM');
      await ended(database);
      await rm(place, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startMariaDb(place: string, socket: string): Promise<ChildProcess> {
  const data = join(place, 'db');
  // MariaDB, too, wants to be told that root is meant
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const made = spawnSync(
    '/usr/bin/mariadb-install-db',
    ['--no-defaults', ...user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`MariaDB made no tables: ${made.stdout} ${made.stderr}`);
  const server = spawn(
    '/usr/sbin/mariadbd',
    [
      '--no-defaults',
      ...user,
      `--datadir=${data}`,
      `--socket=${socket}`,
      '--skip-networking',
      `--pid-file=${join(place, 'db.pid')}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await lineOf(server, /(ready for connections)/);
  server.stderr?.resume();
  const client = [
    '--no-defaults',
    `--socket=${socket}`,
    '-u',
    'root',
    '-e',
    'create database wordpress character set utf8mb4',
  ];
  const created = spawnSync('/usr/bin/mariadb', client, { encoding: 'utf8' });
  if (created.status !== 0) throw new Error(`MariaDB made no database: ${created.stderr}`);
  return server;
}

/** The first group of the first match in what the program says. */
function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = pattern.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`it ended: ${said}`)));
    child.once('error', reject);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function configOf(socket: string): string {
  const salts = [
    'AUTH_KEY',
    'SECURE_AUTH_KEY',
    'LOGGED_IN_KEY',
    'NONCE_KEY',
    'AUTH_SALT',
    'SECURE_AUTH_SALT',
    'LOGGED_IN_SALT',
  ];
  const lines = salts.map((name) => `define('${name}', '${randomBytes(32).toString('hex')}');`);
  return `<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:${socket}');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
${lines.join('\n')}
define('NONCE_SALT', '${randomBytes(32).toString('hex')}');
define('WP_HOME', 'http://' . $_SERVER['HTTP_HOST']);
define('WP_SITEURL', WP_HOME);
define('WPLANG', 'fr_FR');
define('WP_DEBUG', true);
define('WP_DEBUG_DISPLAY', false);
define('WP_DEBUG_LOG', dirname(__DIR__) . '/debug.log');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', '127.0.0.1');
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', !is_file(__DIR__ . '/cron-on'));
define('FS_METHOD', 'direct');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
`;
}

const host = "$_SERVER['HTTP_HOST'] = substr(getenv('STUB_SITE'), 7);";

const installation = `
${host}
define('WP_INSTALLING', true);
require getenv('WP') . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Chez Léa', getenv('NAME'), 'camille@boutique.example', true, '', getenv('PASSWORD'));
update_option('WPLANG', 'fr_FR');
`;

const unpacking = `
${host}
require getenv('WP') . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';
WP_Filesystem();
$unpacked = unzip_file(getenv('ARCHIVE'), WP_PLUGIN_DIR);
$done = is_wp_error($unpacked) ? $unpacked : activate_plugin('woocommerce-stubs.php');
$done = is_wp_error($done) ? $done : activate_plugin(getenv('PLUGIN'));
if (is_wp_error($done)) {
    echo $done->get_error_message();
    exit(1);
}
`;
