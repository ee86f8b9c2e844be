/** The demo shop on a host of its own, its template changed by a merchant who follows a guide: what they put in stands in the place of its own snippet. */
import fastify from 'fastify';
import { shopId } from '#domain/ids.ts';
import { deriveKeys } from '#store/secret.ts';
import { revealPrivateKey } from '#store/shop-key.ts';
import { demoShop } from '../demo/demo-shop.ts';
import { type TestProgram, testSecretKey } from './harness.ts';

export interface DemoPage {
  /** Without the query: `/demo/welcome`. */
  readonly path: string;
  readonly publicKey: string;
  /** The shop's own `var sporder = …;`; null on pages that state nothing. */
  readonly sporder: string | null;
}

/** HTML of a merchant; the page's policy lets its scripts run. */
export interface Put {
  readonly head?: string;
  /** Just before `</body>`. */
  readonly body?: string;
}

export interface DemoPages {
  /** Scheme, host and `/demo`. */
  readonly url: string;
  readonly publicKey: string;
  readonly shopId: number;
  close(): Promise<void>;
}

/** `put` is asked at every page. The shop's server calls `program` with its pair of keys. */
export async function openDemoPages(program: TestProgram, put: (page: DemoPage) => Put): Promise<DemoPages> {
  const { pool } = program.base;
  const { rows } = await pool.query<{ id: number; shop_id: number; public_key: string }>(
    `select k.id, k.shop_id, k.public_key from shop_key k join shop s on s.id = k.shop_id
     where s.demo and k.may_read and k.expires_at is null order by k.id limit 1`,
  );
  const [key] = rows;
  if (key === undefined) throw new Error('there is no demo shop');
  const app = fastify({ forceCloseConnections: true });
  app.addHook('onSend', async (request, _reply, page) => {
    if (typeof page !== 'string') return page;
    const own = /<script type="text\/javascript" nonce="([^"]*)">\s*var spconfig[\s\S]*?<\/script>/.exec(page);
    if (own === null) return page;
    const [text, nonce] = own;
    const sporder = /var sporder = [\s\S]*?};/.exec(text)?.[0] ?? null;
    const path = request.url.split('?')[0] ?? '';
    const { head = '', body = '' } = put({ path, publicKey: key.public_key, sporder });
    const allowed = (html: string): string => html.replaceAll(/<script(?=[\s>])/g, `<script nonce="${nonce}"`);
    return page
      .replace(text, '')
      .replace('</head>', () => `${allowed(head)}</head>`)
      .replace('</body>', () => `${allowed(body)}</body>`);
  });
  const keys = deriveKeys(testSecretKey);
  const privateKey = (await revealPrivateKey(pool, keys, shopId(key.shop_id), key.id)) ?? '';
  await app.register(demoShop, {
    prefix: '/demo',
    collectorUrl: () => program.url,
    publicUrl: program.url,
    pair: async () => ({ publicKey: key.public_key, privateKey }),
    log: { warn: () => undefined },
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${origin}/demo`, publicKey: key.public_key, shopId: key.shop_id, close: () => app.close() };
}
