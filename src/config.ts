/** The only reader of the environment. `.env.example` is made from the table below. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { StartFault } from '#store/start-fault.ts';

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Without a slash at its end; null: localhost and the port. */
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Seconds a start waits for a database that does not answer. */
  readonly databaseWait: number;
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Addresses and ranges that calls to other servers may reach although they are not public. */
  readonly outboundAllow: readonly string[];
  /** null: the one in the data folder. */
  readonly secretKey: string | null;
  readonly smtpUrl: string | null;
  /** Whom mails come from; null: no-reply at the host of `publicUrl`. */
  readonly mailFrom: string | null;
  readonly logLevel: string;
  /** Calls a second, over ten seconds, of each web process; null: no limit. */
  readonly callsPerAddress: number;
  readonly callsPerShop: number | null;
  readonly callsPerKey: number | null;
  /** What a web process may keep on its disk while the database is away; 0: nothing. */
  readonly spoolMb: number;
  /** null: /metrics answers this machine only. */
  readonly metricsToken: string | null;
  readonly first: FirstStart;
}

/** What only the first start on a database reads. */
export interface FirstStart {
  readonly shards: number;
  readonly adminEmail: string;
  /** null: a sign-in link that works once. */
  readonly adminPassword: string | null;
  readonly shopName: string;
  readonly shopPublicKey: string | null;
  readonly shopPrivateKey: string | null;
  readonly shopDomains: readonly string[];
  readonly demo: boolean;
}

interface Variable {
  readonly name: string;
  readonly doc: string;
  /** As shown, commented out, in .env.example. */
  readonly example: string;
}

const always: readonly Variable[] = [
  { name: 'PORT', doc: 'Port of everything: collector, back office, demo shop.', example: '3000' },
  { name: 'HOST', doc: 'Address to listen on; 127.0.0.1 behind a proxy on the same machine.', example: '0.0.0.0' },
  {
    name: 'PUBLIC_URL',
    doc: 'Address under which browsers and shops reach it; https outside a trial.',
    example: 'http://localhost:3000',
  },
  {
    name: 'DATA_DIR',
    doc: 'Folder that must persist: the embedded database, the secret key, and calls taken while the database was away. Back it up as a whole.',
    example: '.data',
  },
  {
    name: 'SPOOL_MB',
    doc: `Megabytes of calls each web process keeps in DATA_DIR while the database is away; they are answered as accepted and follow when it is
back. 0, or a DATA_DIR that cannot be written: such calls are answered 503.`,
    example: '1024',
  },
  {
    name: 'DATABASE_URL',
    doc: 'A PostgreSQL server, version 15 or newer, as its owner; without it the embedded PostgreSQL runs in DATA_DIR.',
    example: 'postgres://spread:password@db.example:5432/spread',
  },
  {
    name: 'DATABASE_WAIT',
    doc: `Seconds a start waits for a server at DATABASE_URL that does not answer yet (a machine that comes up); calls are answered 503
meanwhile. After them it ends with a sentence. 0: at once.`,
    example: '300',
  },
  {
    name: 'TRUSTED_PROXIES',
    doc: 'Addresses or ranges of the proxies in front, comma between: only their X-Forwarded-For is believed.',
    example: '127.0.0.1,10.0.0.0/8',
  },
  {
    name: 'OUTBOUND_ALLOW',
    doc: `Addresses or ranges of the own network that webhooks and the site check may call, over http too, comma between. Everything that
is not public is refused otherwise, so that an address typed in the back office is no way into this network.`,
    example: '10.0.5.20,127.0.0.1',
  },
  {
    name: 'SECRET_KEY',
    doc: `At least 32 random characters. Without it, one is made in DATA_DIR at the first start. It signs visitors' tokens and sessions and
seals private keys: who loses it must make new keys for every shop, and visitors are anonymous again. Same for all processes.`,
    example: '',
  },
  {
    name: 'SMTP_URL',
    doc: 'Mail server; without it, mails wait in the outbox that the back office shows.',
    example: 'smtps://user:password@mail.example:465',
  },
  {
    name: 'MAIL_FROM',
    doc: 'Whom mails come from; without it, no-reply at the host of PUBLIC_URL.',
    example: 'Spread Tracker <tracker@shop.example>',
  },
  {
    name: 'CALLS_PER_ADDRESS',
    doc: 'Calls a second that one address may send to the public doors, over ten seconds; more are answered 429 with Retry-After.',
    example: '100',
  },
  {
    name: 'CALLS_PER_SHOP',
    doc: `The same for the pages of one shop, and with one pair of keys, for each web process. 0: no limit; shops take turns in any case, so that
one that floods does not hold the others up. Lower it where many shops share a machine.`,
    example: '20000',
  },
  { name: 'CALLS_PER_KEY', doc: '', example: '20000' },
  {
    name: 'METRICS_TOKEN',
    doc: 'At least 16 characters that a scraper of /metrics sends as Bearer token; without it, only this machine may read them.',
    example: '',
  },
  { name: 'LOG_LEVEL', doc: 'fatal, error, warn, info, debug or silent.', example: 'info' },
];

const first: readonly Variable[] = [
  {
    name: 'SHARDS',
    doc: 'How many streams work is divided into: 1 to 64; 4 unless many workers will share it.',
    example: '4',
  },
  { name: 'ADMIN_EMAIL', doc: 'Who may sign in first.', example: 'admin@localhost' },
  {
    name: 'ADMIN_PASSWORD',
    doc: 'At least 12 characters; without it, the first start prints a sign-in link that works once, for an hour.',
    example: '',
  },
  { name: 'SHOP_NAME', doc: 'Name of the first shop.', example: 'My shop' },
  { name: 'SHOP_PUBLIC_KEY', doc: 'Its keys, when a shop already has some; otherwise they are made.', example: '' },
  { name: 'SHOP_PRIVATE_KEY', doc: '', example: '' },
  {
    name: 'SHOP_DOMAINS',
    doc: 'Hosts whose pages may speak for the shop, comma between; without any, every host may.',
    example: 'shop.example,www.shop.example',
  },
  { name: 'DEMO', doc: '`off`: no demo shop.', example: 'on' },
];

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'];

/** Throws a StartFault that names the variable and says what it must be. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const text = (name: string): string | null => {
    const value = env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  const list = (name: string): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return {
    port: wholeNumber('PORT', text('PORT') ?? '3000', 0, 65_535),
    host: text('HOST') ?? '0.0.0.0',
    publicUrl: publicUrl(text('PUBLIC_URL')),
    dataDir: resolve(text('DATA_DIR') ?? '.data'),
    databaseUrl: databaseUrl(text('DATABASE_URL')),
    databaseWait: wholeNumber('DATABASE_WAIT', text('DATABASE_WAIT') ?? '300', 0, 86_400),
    trustedProxies: list('TRUSTED_PROXIES').map((value) => range('TRUSTED_PROXIES', value)),
    outboundAllow: list('OUTBOUND_ALLOW').map((value) => range('OUTBOUND_ALLOW', value)),
    secretKey: atLeast('SECRET_KEY', text('SECRET_KEY'), 32),
    smtpUrl: smtpUrl(text('SMTP_URL')),
    mailFrom: mailFrom(text('MAIL_FROM')),
    metricsToken: atLeast('METRICS_TOKEN', text('METRICS_TOKEN'), 16),
    callsPerAddress: wholeNumber('CALLS_PER_ADDRESS', text('CALLS_PER_ADDRESS') ?? '100', 1, 999_999),
    callsPerShop: wholeNumber('CALLS_PER_SHOP', text('CALLS_PER_SHOP') ?? '20000', 0, 999_999) || null,
    callsPerKey: wholeNumber('CALLS_PER_KEY', text('CALLS_PER_KEY') ?? '20000', 0, 999_999) || null,
    spoolMb: wholeNumber('SPOOL_MB', text('SPOOL_MB') ?? '1024', 0, 999_999),
    logLevel: oneOf('LOG_LEVEL', text('LOG_LEVEL') ?? 'info', logLevels),
    first: {
      shards: wholeNumber('SHARDS', text('SHARDS') ?? '4', 1, 64),
      adminEmail: email('ADMIN_EMAIL', text('ADMIN_EMAIL') ?? 'admin@localhost'),
      adminPassword: atLeast('ADMIN_PASSWORD', text('ADMIN_PASSWORD'), 12),
      shopName: text('SHOP_NAME') ?? 'My shop',
      ...shopKeys(text('SHOP_PUBLIC_KEY'), text('SHOP_PRIVATE_KEY')),
      shopDomains: list('SHOP_DOMAINS').map(host),
      demo: oneOf('DEMO', text('DEMO') ?? 'on', ['on', 'off']) === 'on',
    },
  };
}

export function renderEnvExample(): string {
  const render = (variable: Variable): string => {
    const doc = variable.doc === '' ? '' : `${variable.doc.replace(/^/gm, '# ')}\n`;
    return `${doc}# ${variable.name}=${variable.example}\n`;
  };
  return `# Everything is optional. Made from src/config.ts: change it there, then run npm run generate.
# npm start reads a file named .env beside this one.

${always.map(render).join('\n')}
# ---- Read only by the first start on a database

${first.map(render).join('\n')}`;
}

function wholeNumber(name: string, value: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new StartFault(`${name} must be a whole number from ${least} to ${most}.`);
  }
  return number;
}

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) throw new StartFault(`${name} must be one of ${allowed.join(', ')}.`);
  return value;
}

function atLeast(name: string, value: string | null, length: number): string | null {
  if (value !== null && value.length < length) throw new StartFault(`${name} must have at least ${length} characters.`);
  return value;
}

function email(name: string, value: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(value)) throw new StartFault(`${name} must be an e-mail address.`);
  return value.toLowerCase();
}

function publicUrl(value: string | null): string | null {
  if (value === null) return null;
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.pathname !== '/') {
    throw new StartFault('PUBLIC_URL must be an address like https://tracker.example.com, without a path.');
  }
  return url.origin;
}

function databaseUrl(value: string | null): string | null {
  if (value === null) return null;
  const url = URL.parse(value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw new StartFault('DATABASE_URL must look like postgres://user:password@host:5432/database.');
  }
  return value;
}

function mailFrom(value: string | null): string | null {
  if (value !== null && !/^([^<>\r\n]{1,100}<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/.test(value)) {
    throw new StartFault('MAIL_FROM must look like Spread Tracker <tracker@shop.example>.');
  }
  return value;
}

function smtpUrl(value: string | null): string | null {
  if (value !== null && !/^smtps?:$/.test(URL.parse(value)?.protocol ?? '')) {
    throw new StartFault('SMTP_URL must look like smtps://user:password@mail.example:465.');
  }
  return value;
}

function range(name: string, value: string): string {
  const [address = '', bits] = value.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
    throw new StartFault(`${name} must be a list of addresses or ranges like 10.0.0.0/8; "${value}" is none.`);
  }
  return value;
}

function host(value: string): string {
  const url = URL.parse(`http://${value}`);
  if (url === null || url.hostname === '' || url.pathname !== '/' || url.username !== '') {
    throw new StartFault(`SHOP_DOMAINS must be a list of hosts like shop.example; "${value}" is none.`);
  }
  return url.hostname;
}

function shopKeys(
  publicKey: string | null,
  privateKey: string | null,
): Pick<FirstStart, 'shopPublicKey' | 'shopPrivateKey'> {
  if ((publicKey === null) !== (privateKey === null)) {
    throw new StartFault('SHOP_PUBLIC_KEY and SHOP_PRIVATE_KEY go together: give both or neither.');
  }
  if (publicKey !== null && !/^[\x21-\x39\x3b-\x7e]{1,200}$/.test(publicKey)) {
    throw new StartFault('SHOP_PUBLIC_KEY must have 1 to 200 printable characters, no space and no colon.');
  }
  if (privateKey !== null && (privateKey.length < 8 || privateKey.length > 200)) {
    throw new StartFault('SHOP_PRIVATE_KEY must have 8 to 200 characters.');
  }
  return { shopPublicKey: publicKey, shopPrivateKey: privateKey };
}

/** Scheme and host under which people reach the program, in mails and links. */
export function reachedAt({ publicUrl, port }: Config): string {
  return publicUrl ?? `http://localhost:${port}`;
}
