import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBuffer } from 'yauzl';
import { shopId } from '#domain/ids.ts';
import { createConnection } from '#store/connection.ts';
import { openTestBackOffice, type Speaker, type TestBackOffice } from './testing/back-office.ts';

let office: TestBackOffice;
let admin: Speaker & { readonly id: string };

beforeAll(async () => {
  office = await openTestBackOffice();
  admin = await office.admin('camille@boutique.example');
});
afterAll(() => office.close());

/** Name → text, as another program unpacks it. */
function unpack(archive: Buffer): Promise<Map<string, string>> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, string>();
    fromBuffer(archive, { lazyEntries: true }, (error, zip) => {
      if (zip === undefined) return reject(error);
      zip.on('error', reject);
      zip.on('end', () => resolve(files));
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, async (fault, stream) => {
          if (stream === undefined) return reject(fault);
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(chunk);
          files.set(entry.fileName, Buffer.concat(chunks).toString());
          zip.readEntry();
        });
      });
      zip.readEntry();
    });
  });
}

test.each([
  ['woocommerce', 'spread-tracker', 'spread-tracker.php'],
  ['prestashop', 'spreadtracker', 'spreadtracker.php'],
] as const)(
  'the archive of %s holds the plugin and what it shares, filled in for this shop',
  async (platform, folder, first) => {
    const path = `/api/shops/${office.shop}/plugins/${platform}`;
    const before = await unpack(await admin.raw(path));
    const [{ public_key: key }] = (
      await office.database.pool.query('select public_key from shop_key where shop_id = $1 order by id', [office.shop])
    ).rows;
    expect([...before.keys()].every((name) => name.startsWith(`${folder}/`))).toBe(true);
    for (const name of [first, 'autoload.php', 'shared/Queue.php', 'src/Settings.php', 'texts/fr.php'])
      expect(before.get(`${folder}/${name}`)).toMatch(/^<\?php\n/);
    expect(before.get(`${folder}/shop.php`)).toBe(`<?php\n\nreturn ['url' => '', 'public_key' => '${key}'];\n`);
    const made = { platform, store: `${platform}-1`, name: 'La boutique', secret: null, createdBy: admin.id };
    const { source, secret } = await createConnection(
      office.database.pool,
      office.keys,
      shopId(office.shop),
      made,
      office.now,
    );
    const archive = await admin.raw(path);
    expect((await unpack(archive)).get(`${folder}/shop.php`)).toContain(`/ingest/${source}'`);
    expect(archive.includes(secret)).toBe(false);
  },
);

test('only to members, and only what there is', async () => {
  const path = `/api/shops/${office.shop}/plugins/`;
  expect((await office.stranger().get(`${path}woocommerce`)).status).toBe(401);
  expect((await admin.get(`${path}shopify`)).status).toBe(400);
});
