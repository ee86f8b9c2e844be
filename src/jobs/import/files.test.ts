import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type ImportRig, openImportRig } from '../testing/import-rig.ts';
import { makeWorkbook, makeZip } from '../testing/make-zip.ts';

let base: TestDatabase;
let rig: ImportRig;

beforeAll(async () => {
  base = await testDatabase();
  rig = await openImportRig(base, () => Date.UTC(2026, 4, 1, 10));
});
afterAll(async () => {
  await rig.close();
  await base.close();
});

const people = `email\n${'anna@example.test\n'.repeat(1_000)}`;

/** The zip as if its only entry was encrypted (flag 1), or packed in another way: both of its headers say so. */
function headed(zip: Buffer, { flags, method }: { flags?: number; method?: number }): Buffer {
  for (const [mark, at] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const) {
    const header = zip.indexOf(mark, 0, 'latin1') + at;
    if (flags !== undefined) zip.writeUInt16LE(zip.readUInt16LE(header) | flags, header);
    if (method !== undefined) zip.writeUInt16LE(method, header + 2);
  }
  return zip;
}

describe('a file that cannot be read says why', () => {
  test.each<[string, () => Promise<Buffer> | Buffer]>([
    ['import.row_too_long', () => Buffer.alloc(3_000_000, 'email@example.test;')],
    ['import.row_too_long', () => Buffer.from(`email\n"${'a@example.test\n'.repeat(200_000)}`)],
    ['import.not_text', () => Buffer.alloc(10_000)],
    ['import.archive_broken', () => gzipSync('email\na@example.test\n').subarray(0, 25)],
    ['import.archive_broken', () => Buffer.from([0x50, 0x4b, 3, 4, 9, 9, 9, 9, 9, 9])],
    ['import.zip_files', () => makeZip({ 'a.csv': 'email\n', 'b.csv': 'email\n' })],
    ['import.zip_files', () => makeZip({ 'photo.jpg': 'no table' })],
    ['import.sheet_broken', () => makeZip({ 'xl/workbook.xml': '<workbook><sheets/></workbook>' })],
    ['import.sheet_broken', () => makeWorkbook('<row><c><v>1</v></row>')],
    ['import.sheet_broken', () => makeWorkbook('<row><c t="inlineStr"><is><t>&bomb;</t></is></c></row>')],
    ['import.sheet_broken', () => makeWorkbook('<row r="1048577"/>')],
    ['import.sheet_broken', () => makeWorkbook('<row r="7"/><row r="3"/>')],
    ['import.sheet_broken', () => makeWorkbook('<row>'.repeat(200))],
    ['import.sheet_too_large', () => makeWorkbook(`<row><c t="inlineStr"><is><t>${'a'.repeat(5_000_000)}`)],
    ['import.sheet_too_large', () => makeWorkbook(`<row a="${'a'.repeat(5_000_000)}`)],
    ['import.archive_broken', async () => headed(await makeZip({ 'a.csv': people }), { flags: 1 })],
    ['import.archive_broken', async () => headed(await makeZip({ 'a.csv': people }), { method: 99 })],
    ['import.archive_broken', async () => (await makeZip({ 'a.csv': people })).fill(0xff, 40, 60)],
  ])('%s', async (reason, file) => {
    const { state, fault } = await rig.look(await rig.upload('profiles', await file()));
    expect({ state, fault }).toEqual({ state: 'failed', fault: reason });
  });
});

test.each([
  ['gzip', gzipSync],
  ['zip', (bytes: Buffer) => makeZip({ 'bomb.csv': bytes })],
])('a bomb of %s is put down', async (_name, pack) => {
  const blanks = Buffer.alloc(100_000_000, `${' '.repeat(4_000)}\n`);
  const id = await rig.upload('profiles', await pack(Buffer.concat([Buffer.from('email\n'), blanks])));
  expect(await rig.run(id)).toMatchObject({ state: 'failed', fault: 'import.bomb' });
});

test('lines that hold bytes of another encoding, or NUL, are refused alone', async () => {
  const bytes = Buffer.concat([
    Buffer.from('email;nom\nanna@example.test;Zoé\n'),
    Buffer.from('bob@example.test;Ren\xe9\n', 'latin1'),
    Buffer.from('dan@example.test;D\0an\n'),
  ]);
  const id = await rig.upload('profiles', bytes);
  expect((await rig.look(id)).look?.encoding).toBe('utf-8');
  await rig.run(id);
  expect(await rig.counts(id)).toEqual(['created 1', 'refused 2 import.not_encoding']);
});

test('lines of UTF-8 in a file of one byte a character are refused, not kept as mojibake; words in capitals stay words', async () => {
  const bytes = Buffer.concat([
    Buffer.from('email;nom\neva@example.test;Ren\xe9e\nada@example.test;Ad\xe8le\n', 'latin1'),
    Buffer.from('leo@example.test;Léo\n'),
    Buffer.from('max@example.test;CAF\xc9\xa0: O\xd9\xa0?\n', 'latin1'),
  ]);
  const id = await rig.upload('profiles', bytes);
  expect((await rig.look(id)).look?.encoding).toBe('windows-1252');
  await rig.run(id);
  expect(await rig.counts(id)).toEqual(['created 3', 'refused 1 import.not_encoding']);
});

test.each([
  ['UTF-16 with its mark', Buffer.from('\ufeffemail;nom\nute@example.test;Grün\n', 'utf16le')],
  ['UTF-8 with its mark', Buffer.from('\ufeffemail;nom\nute2@example.test;Grün\n')],
  ['a zip', null],
])('%s is read as it was meant', async (_name, bytes) => {
  const file = bytes ?? (await makeZip({ '__MACOSX/._c.csv': 'x', 'c.csv': 'email;nom\nute3@example.test;Grün\n' }));
  const id = await rig.upload('profiles', file);
  expect((await rig.look(id)).look?.rows[1]?.[1]).toBe('Grün');
  await rig.run(id);
  expect(await rig.counts(id)).toEqual(['created 1']);
});

test('a workbook: shared and inline texts, dates, plain numbers, merged cells, formulas by their last value', async () => {
  const rows = [
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Anniversaire</t></is></c><c r="D1" t="str"><v>Code postal</v></c></row>',
    '<row r="3"><c r="A3" t="str"><f>LOWER(Z3)</f><v>mia@example.test</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" s="1"><v>32874</v></c><c r="D3"><v>1000</v></c></row>',
    '<row r="4"><c r="A4" t="str"><f>NOVALUE()</f></c><c r="B4"><v>3.3000000000000003</v></c><c r="C4" s="2"><v>32874.5</v></c></row>',
  ].join('');
  const file = await makeWorkbook(
    rows,
    ['<t>E-mail</t>', '<r><t>No</t></r><r><t>m</t></r><rPh><t>ノム</t></rPh>', '<t>Été &amp; fils</t>'],
    '<mergeCells><mergeCell ref="B3:B4"/></mergeCells>',
  );
  const id = await rig.upload('profiles', file);
  const { look, setup } = await rig.look(id);
  expect(look?.rows).toEqual([
    ['E-mail', 'Nom', 'Anniversaire', 'Code postal'],
    [],
    ['mia@example.test', 'Été & fils', '1990-01-01', '1000'],
    ['', '3.3', '1990-01-01 12:00:00'],
  ]);
  expect(setup).toMatchObject({ columns: ['email', 'name', 'birthday', 'zip'], rules: { dates: 'ymd' } });
  await rig.run(id);
  expect(await rig.counts(id)).toEqual(['created 1', 'refused 1 wire.no_identity']);
});

test('lines of one order are one order with its items; a piece that comes later is refused', async () => {
  const id = await rig.upload(
    'orders',
    'Name,Email,Total,Lineitem name,Lineitem quantity,Lineitem price\n#1,ivy@example.test,30,Cap,1,10\n#1,,,Hat,2,10\n#2,joe@example.test,5,Cap,1,5\n#1,,,Late,1,1\n',
  );
  expect((await rig.look(id)).setup).toMatchObject({ grouped: true });
  await rig.run(id);
  expect(await rig.counts(id)).toEqual(['created 2', 'refused 1 import.order_split']);
  const { rows } = await base.pool.query(`select items from orders where shop_id = $1 and key = '#1'`, [rig.shopId]);
  expect(rows[0].items.map(({ name, quantity }: { name: string; quantity: number }) => `${quantity} ${name}`)).toEqual([
    '1 Cap',
    '2 Hat',
  ]);
});
