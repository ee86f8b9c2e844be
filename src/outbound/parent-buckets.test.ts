import { expect, test } from 'vitest';
import { BrokenLine, bucketsFor, ParentBuckets } from './parent-buckets.ts';

const lists = { lists: { LineItem: 'lineItems' }, partial: false };

async function gather(bytes: Buffer, buckets: number, cut: number, gathering = lists): Promise<unknown[]> {
  const found = await ParentBuckets.open(buckets, gathering);
  try {
    for (let at = 0; at < bytes.length; at += cut) await found.add(bytes.subarray(at, at + cut));
    await found.end();
    const nodes: unknown[] = [];
    for (let n = 0; n < buckets; n++) for (const { text } of await found.nodes(n)) nodes.push(JSON.parse(text));
    return nodes;
  } finally {
    await found.close();
  }
}

/** Orders with up to three lines each, their lines anywhere in the file, before their parent too. */
function scattered(n: number): { readonly bytes: Buffer; readonly whole: object[] } {
  const whole = Array.from({ length: n }, (_, place) => ({
    id: `gid://shopify/Order/${place}`,
    name: `Été ${place} 🛒`,
    lineItems: Array.from({ length: place % 4 }, (_line, line) => ({
      id: `gid://shopify/LineItem/${place}${line}`,
      line,
    })),
  }));
  const lines = whole.flatMap(({ lineItems, ...root }) => [
    JSON.stringify(root),
    ...lineItems.map((line) => JSON.stringify({ ...line, __parentId: root.id })),
  ]);
  // a shuffle that is the same each time, and keeps the children of one parent in their order
  const places = lines.map((line, place) => ({ line, at: (place * 7_919) % lines.length }));
  const parentOf = (line: string) => JSON.parse(line).__parentId ?? null;
  const shuffled = [...places].sort((one, other) => one.at - other.at).map(({ line }) => line);
  const queues = new Map<string, string[]>();
  for (const line of lines)
    if (parentOf(line) !== null) queues.set(parentOf(line), [...(queues.get(parentOf(line)) ?? []), line]);
  const ordered = shuffled.map((line) =>
    parentOf(line) === null ? line : (queues.get(parentOf(line))?.shift() ?? line),
  );
  return { bytes: Buffer.from(`${ordered.join('\n')}\n`), whole };
}

test.each([
  [1, 1_000_000],
  [7, 13],
  [64, 1],
])('children find their parents over %i buckets, in pieces of %i bytes', async (buckets, cut) => {
  const { bytes, whole } = scattered(200);
  const found = await gather(bytes, buckets, cut);
  const parentless = (node: object) => JSON.stringify(node).replaceAll(/,"__parentId":"[^"]+"/g, '');
  expect(found.map((node) => parentless(node as object)).sort()).toEqual(whole.map(parentless).sort());
});

test('of a file that ended before its time the last line is let go, and no children are given', async () => {
  const bytes = Buffer.from(
    '{"id":"gid://shopify/Order/1"}\n{"id":"gid://shopify/LineItem/2","__parentId":"gid://shopify/Order/1"}\n{"id":"gid:/',
  );
  expect(await gather(bytes, 2, 10, { ...lists, partial: true })).toEqual([{ id: 'gid://shopify/Order/1' }]);
  await expect(gather(bytes, 2, 10)).rejects.toThrow(BrokenLine);
});

test('what is no file of objects is said', async () => {
  for (const text of ['<!doctype html>\n', '[]\n', '{"name":1}\n', 'null\n'])
    await expect(gather(Buffer.from(text), 1, 100)).rejects.toThrow(BrokenLine);
  await expect(gather(Buffer.alloc(9 * 2 ** 20, 'x'), 1, 2 ** 20)).rejects.toThrow(BrokenLine);
  expect(await gather(Buffer.from(''), 1, 1)).toEqual([]);
});

test('a bucket is small until the file is very large', () => {
  expect([bucketsFor(0), bucketsFor(5 * 2 ** 20), bucketsFor(2 ** 40)]).toEqual([1, 2, 256]);
});
