/** A back office on a database of its own, and people who speak to it. */
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { createAdmin } from '#store/auth-user.ts';
import { deriveKeys, type Keys, openText } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { backOffice } from '../plugin.ts';

export const testPassword = 'correct horse battery';

export interface Answer {
  readonly status: number;
  // What a test expects of it says what it is.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of every route
  readonly body: any;
}

export interface Speaker {
  get(path: string): Promise<Answer>;
  post(path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The bytes of a file. */
  raw(path: string): Promise<Buffer>;
  /** Takes the cookies of an answer along. */
  readonly cookie: () => string;
}

export interface TestBackOffice {
  readonly app: FastifyInstance;
  /** Everything its API answers, with its parameters. */
  readonly routes: readonly { readonly method: string; readonly url: string }[];
  readonly database: TestDatabase;
  readonly keys: Keys;
  /** The first shop. */
  readonly shop: number;
  now: number;
  /** An administrator of every shop there is, signed in. */
  admin(email: string): Promise<Speaker & { readonly id: string }>;
  /** Nobody yet. */
  stranger(): Speaker;
  /** What the mails to an address say, newest last. */
  letters(to: string): Promise<readonly { readonly kind: string; readonly [field: string]: unknown }[]>;
  close(): Promise<void>;
}

/** `outboundAllow`: addresses of this machine that may be called. */
export async function openTestBackOffice(outboundAllow: readonly string[] = []): Promise<TestBackOffice> {
  const secretKey = 'a secret key for back offices';
  const keys = deriveKeys(secretKey);
  const database = await testDatabase();
  const { pool, db } = database;
  const shop = (await createShop(pool, keys, { name: 'Maison' })).shopId;
  const engine = await openPostgresEngine({ pool, shards: 4 });
  const settler = startSettler(pool);
  const app = fastify({ forceCloseConnections: true });
  const routes: { method: string; url: string }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (url.startsWith('/api/')) routes.push({ method: one, url });
  });
  const office = { now: Date.now() };
  app.register(backOffice, {
    pool,
    db,
    keys,
    engine,
    settler,
    log: pino({ level: 'silent' }),
    secretKey,
    publicUrl: null,
    settleMs: 20,
    outboundAllow,
    now: () => office.now,
  });
  await app.ready();

  function stranger(): Speaker {
    const jar = new Map<string, string>();
    const cookies = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const call = async (method: 'GET' | 'POST', url: string, payload?: object, more = {}): Promise<Answer> => {
      const cookie = cookies();
      const answer = await app.inject({
        method,
        url,
        headers: { cookie, ...more },
        ...(payload === undefined ? {} : { payload }),
      });
      for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
        jar.set(name, value);
      }
      return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
    };
    return {
      get: (path) => call('GET', path),
      raw: async (url) => (await app.inject({ url, headers: { cookie: cookies() } })).rawPayload,
      post: (path, body, headers) => call('POST', path, body, headers),
      cookie: cookies,
    };
  }

  return Object.assign(office, {
    app,
    routes,
    database,
    keys,
    shop,
    stranger,
    async admin(email: string) {
      const id = await createAdmin(pool, { email, password: testPassword });
      const speaker = stranger();
      const { status } = await speaker.post('/api/sign-in', { email, password: testPassword });
      if (status !== 200) throw new Error(`sign-in answered ${status}`);
      return { ...speaker, id };
    },
    async letters(to: string) {
      const { rows } = await pool.query<{ id: string; sealed: Buffer }>(
        'select id, sealed from outbox where to_address = $1 order by created_at, id',
        [to],
      );
      return rows.map(({ id, sealed }) => JSON.parse(openText(keys, sealed, `outbox ${id}`)));
    },
    async close() {
      await app.close();
      await settler.stop();
      await engine.stop();
      await database.close();
    },
  });
}

/** What stands behind the # of an address in a mail. */
export function secretIn(letter: { readonly [field: string]: unknown } | undefined): string {
  return String(letter?.url ?? '').split('#')[1] ?? '';
}
