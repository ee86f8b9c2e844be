/** What a visitor's token may do once it arrives with a call (rules §2.7, §6.1, §6.5). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import type { Envelope } from '#intake/envelope.ts';
import { deriveKeys } from '#store/secret.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { mintToken, readToken } from '#store/token.ts';
import { AppliedShop, arrival, keys } from './testing/applied-shop.ts';

const day = 86_400_000;
let base: TestDatabase;
beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());

const settled = [
  { type: 'settings', change: { optinProof: { email: { wording: 'Oui', where: 'Le pied de page' } } } },
  { type: 'settings', change: { uplift: { optinEmail: 1 } } },
] as const;

/** The shop's server knows Camille, who accepted the consent to e-mails. */
async function openShop(): Promise<AppliedShop> {
  const shop = await AppliedShop.open(base);
  await apply(shop, shop.staff(...settled), server(shop, 'data[consents][NewsEmail]=1'));
  return shop;
}

async function apply(shop: AppliedShop, ...envelopes: readonly Envelope[]): Promise<void> {
  for (const envelope of envelopes) {
    await shop.append([envelope]);
    await shop.apply();
  }
  expect(shop.faults).toEqual([]);
}

const server = (shop: AppliedShop, rest: string, more: Partial<Envelope> = {}): Envelope => ({
  ...shop.order('-', more),
  format: 'v1/UpdateAccount',
  raw: Buffer.from(`data[customer_email]=camille@example.test&${rest}`),
});
const binds = (shop: AppliedShop, token: string, more: Partial<Envelope> = {}): Envelope =>
  server(shop, `data[customer_cookie]=${token}`, more);
/** A page refuses e-mails for Camille: only a verified token of hers may. */
const refuses = (shop: AppliedShop, token: string, more: Partial<Envelope> = {}): Envelope => ({
  ...shop.trackedOrder('-', 'shop.example'),
  ...more,
  raw: Buffer.from(`action=newsletter&optin=0&email=camille%40example.test&customer_cookie=${token}`),
});

async function statusOf(shop: AppliedShop): Promise<string> {
  const { rows } = await base.pool.query('select status from profile_basis where shop_id = $1 and basis_id = 1', [
    shop.id,
  ]);
  await shop.close();
  return rows[0].status;
}

const minted = (shop: AppliedShop, issued = arrival - day): string => mintToken(keys, shop.id, 'sbt', issued);

type Story = (shop: AppliedShop) => readonly Envelope[];
const speaks: readonly (readonly [string, Story])[] = [
  [
    'one that a server bound, of 93 days less a second',
    (shop) => {
      const token = minted(shop, arrival - 93 * day + 1_000);
      return [binds(shop, token), refuses(shop, token)];
    },
  ],
  [
    'its renewal, which is the same visitor',
    (shop) => {
      const token = minted(shop, arrival - 40 * day);
      const read = readToken(keys, shop.id, token);
      const renewed = mintToken(keys, shop.id, 'sbt', arrival + 60 * day, read ?? undefined);
      return [binds(shop, token), refuses(shop, renewed, { arrivedAt: arrival + 100 * day })];
    },
  ],
  [
    'one that RegenCookie handed over',
    (shop) => {
      const token = mintToken(keys, shop.id, 'sbtl', arrival);
      const regen = { ...server(shop, 'x=1'), format: 'v1/RegenCookie', minted: token };
      return [regen, refuses(shop, token, { arrivedAt: arrival + 179 * day })];
    },
  ],
];
const mute: readonly (readonly [string, Story])[] = [
  ['one that nobody bound', (shop) => [refuses(shop, minted(shop))]],
  [
    'one that only pages named with her address',
    (shop) => {
      const token = minted(shop);
      return [refuses(shop, token), refuses(shop, token)];
    },
  ],
  [
    'one bound by a pair that may not read',
    (shop) => {
      const token = minted(shop);
      return [binds(shop, token, { mayRead: false }), refuses(shop, token)];
    },
  ],
  [
    'one past its 93 days',
    (shop) => {
      const token = minted(shop);
      return [binds(shop, token), refuses(shop, token, { arrivedAt: arrival + 92 * day })];
    },
  ],
  [
    'one bound after its life',
    (shop) => {
      const token = minted(shop, arrival - 94 * day);
      return [binds(shop, token), refuses(shop, token)];
    },
  ],
  [
    'one 13 months after the first of its visitor, however young',
    (shop) => {
      const first = readToken(keys, shop.id, minted(shop, arrival));
      const renewed = mintToken(keys, shop.id, 'sbt', arrival + 390 * day, first ?? undefined);
      const bound = binds(shop, renewed, { arrivedAt: arrival + 391 * day });
      return [bound, refuses(shop, renewed, { arrivedAt: arrival + 395 * day })];
    },
  ],
  [
    'one of another shop',
    (shop) => {
      const token = mintToken(keys, shopId(shop.id + 1), 'sbt', arrival);
      return [binds(shop, token), refuses(shop, token)];
    },
  ],
  [
    'a forged one',
    (shop) => {
      const token = mintToken(deriveKeys('somebody else’s secret key'), shop.id, 'sbt', arrival);
      return [binds(shop, token), refuses(shop, token)];
    },
  ],
  [
    'one bound to somebody else since',
    (shop) => {
      const token = minted(shop);
      const other = {
        ...binds(shop, token),
        raw: Buffer.from(`data[customer_email]=b@x.test&data[customer_cookie]=${token}`),
      };
      return [binds(shop, token), other, refuses(shop, token)];
    },
  ],
  [
    'one the shop has revoked',
    (shop) => {
      const token = minted(shop);
      const revoked = shop.staff({ type: 'settings', change: { tokensFrom: arrival } });
      return [binds(shop, token), revoked, binds(shop, token), refuses(shop, token)];
    },
  ],
];

test.each(speaks)('%s speaks', async (_what, story) => {
  const shop = await openShop();
  await apply(shop, ...story(shop));
  expect(await statusOf(shop)).toBe('refused');
});

test.each(mute)('%s speaks for nobody', async (_what, story) => {
  const shop = await openShop();
  await apply(shop, ...story(shop));
  expect(await statusOf(shop)).toBe('accepted');
});

test('what was revoked cannot be allowed again', async () => {
  const shop = await openShop();
  const from = (tokensFrom: number) => shop.staff({ type: 'settings', change: { tokensFrom } });
  await apply(shop, from(arrival), from(arrival - day));
  const outcomes = await shop.rows('journal', 'outcome, reasons', 'seq desc limit 1');
  await shop.close();
  expect(outcomes).toEqual([['rejected', ['settings.invalid']]]);
});
