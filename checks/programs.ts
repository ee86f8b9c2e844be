/**
 * Other people's programs that tests drive: a browser, PHP with curl for the clients shops have, curl itself, an SSH server, a database
 * server of the system. `node checks/programs.ts` installs Debian's where root may and they are not there;
 * `--long`: what only `npm run test:long` needs, too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const browsers = [
  // Chromium without its window: the same pages for half the work.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const phps = ['/usr/bin/php', '/usr/local/bin/php', '/opt/homebrew/bin/php'];

const wordPressFolder = '/usr/share/wordpress';

const browserSentence =
  'Browser tests need Chromium: install it (Debian: apt-get install chromium-headless-shell) or set CHROMIUM_PATH.';
const phpSentence =
  'Tests of PHP clients need PHP with curl: install it (Debian: apt-get install php-cli php-curl) or set PHP_PATH.';

const postgresSentence =
  'Backups are restored into a PostgreSQL of the system: install it (Debian: apt-get install postgresql) or set POSTGRES_BIN to the folder of its programs.';
const sqliteSentence =
  'Our plugins are tested on a database of PHP’s own: install it (Debian: apt-get install php-sqlite3).';
const snifferSentence = 'Our plugins are held to PSR-12: install phpcs (Debian: apt-get install php-codesniffer).';

const wordPressSentence =
  'The WooCommerce plugin is tested in WordPress with MariaDB: install them (Debian: apt-get install wordpress wordpress-theme-twentytwentythree php-mysql mariadb-server-core mariadb-client-core).';

const curlSentence = 'The guides are tested with curl: install it (Debian: apt-get install curl).';
const sshdSentence = 'SFTP is tested against OpenSSH: install it (Debian: apt-get install openssh-server).';
const opensslSentence = 'Cookies over https are tested with openssl: install it (Debian: apt-get install openssl).';

/** Flags for a browser that talks to nobody but the page under test. */
export const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function findChromium(): string | null {
  return givenPath('CHROMIUM_PATH') ?? browsers.find((path) => existsSync(path)) ?? null;
}

export function chromiumPath(): string {
  const path = findChromium();
  if (path === null) throw new Error(browserSentence);
  return path;
}

/** A PHP that has curl; null: none. */
export function findPhp(): string | null {
  const path = givenPath('PHP_PATH') ?? phps.find((place) => existsSync(place)) ?? null;
  if (path === null) return null;
  const { status } = spawnSync(path, ['-r', 'exit(function_exists("curl_init") ? 0 : 1);'], { stdio: 'ignore' });
  return status === 0 ? path : null;
}

export function phpPath(): string {
  const path = findPhp();
  if (path === null) throw new Error(phpSentence);
  return path;
}

/** The folder of `initdb` and `postgres`, 15 or newer; null: none. */
function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => Number(name) >= 15) : [];
  const places = [
    givenPath('POSTGRES_BIN'),
    ...versions.map((version) => join(debian, version, 'bin')),
    '/opt/homebrew/opt/postgresql/bin',
    '/usr/local/opt/postgresql/bin',
  ];
  return places.find((place) => place !== null && existsSync(join(place, 'initdb'))) ?? null;
}

export function postgresFolder(): string {
  const folder = findPostgres();
  if (folder === null) throw new Error(postgresSentence);
  return folder;
}

function findSqlite(): string | null {
  const path = findPhp();
  if (path === null) return null;
  const { status } = spawnSync(path, ['-r', 'exit(class_exists("SQLite3") ? 0 : 1);'], { stdio: 'ignore' });
  return status === 0 ? path : null;
}

/** PHP_CodeSniffer, which needs PHP's XML. */
function findCodeSniffer(): string | null {
  return spawnSync('phpcs', ['--version'], { stdio: 'ignore' }).status === 0 ? 'phpcs' : null;
}

export function codeSnifferPath(): string {
  const path = findCodeSniffer();
  if (path === null) throw new Error(snifferSentence);
  return path;
}

/** Debian's WordPress, its PHP's MySQL and a MariaDB of its own. */
function findWordPress(): string | null {
  const theme = join(wordPressFolder, 'wp-content/themes/twentytwentythree');
  const places = [theme, '/usr/sbin/mariadbd', '/usr/bin/mariadb-install-db', '/usr/bin/mariadb'];
  const php = findPhp();
  if (php === null || !places.every((path) => existsSync(path))) return null;
  const { status } = spawnSync(php, ['-r', 'exit(class_exists("mysqli") ? 0 : 1);'], { stdio: 'ignore' });
  return status === 0 ? wordPressFolder : null;
}

export function wordPressPath(): string {
  const path = findWordPress();
  if (path === null) throw new Error(wordPressSentence);
  return path;
}

function findCurl(): string | null {
  return spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0 ? 'curl' : null;
}

function findOpenssl(): string | null {
  return spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0 ? 'openssl' : null;
}

function findSshd(): string | null {
  return ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path)) ?? null;
}

export function sshdPath(): string {
  const path = findSshd();
  if (path === null) throw new Error(sshdSentence);
  return path;
}

if (import.meta.main) install();

function install(): void {
  // minutes of downloads: only for the runs that need them
  const long = process.argv.includes('--long');
  const missing = [
    { packages: ['chromium-headless-shell'], sentence: browserSentence, found: findChromium() },
    { packages: ['php-cli', 'php-curl'], sentence: phpSentence, found: findPhp() },
    { packages: ['postgresql'], sentence: postgresSentence, found: findPostgres() },
    { packages: ['php-sqlite3'], sentence: sqliteSentence, found: findSqlite() },
    { packages: ['php-codesniffer'], sentence: snifferSentence, found: findCodeSniffer() },
    {
      packages: [
        'wordpress',
        'wordpress-theme-twentytwentythree',
        'php-mysql',
        'mariadb-server-core',
        'mariadb-client-core',
      ],
      sentence: wordPressSentence,
      found: long ? findWordPress() : 'not asked for',
    },
    { packages: ['openssh-server'], sentence: sshdSentence, found: findSshd() },
    { packages: ['curl'], sentence: curlSentence, found: findCurl() },
    { packages: ['openssl'], sentence: opensslSentence, found: findOpenssl() },
  ].filter(({ found }) => found === null);
  if (missing.length === 0) return;
  const sentences = missing.map(({ sentence }) => sentence);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    stop(sentences);
    return;
  }
  const packages = missing.flatMap((program) => program.packages);
  process.stderr.write(`Installing ${packages.join(', ')} for the tests…\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    execFileSync('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  } catch {
    stop(sentences);
  }
}

function stop(sentences: readonly string[]): void {
  process.stderr.write(`${sentences.join('\n')}\n`);
  process.exitCode = 1;
}

function givenPath(name: string): string | null {
  const given = process.env[name];
  return given === undefined || given === '' ? null : given;
}
