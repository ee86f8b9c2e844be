/** Bytes the shops' pages carry: what a default page transfers up to its first order, as sent (brotli). */
import { expect, test } from 'vitest';
import { brotliOf, bundleScript, trackerScripts } from '../src/tracker/bundle.ts';
import { readText } from './files.ts';

interface Row {
  readonly files: readonly string[];
  readonly brotli: number;
  readonly aim?: number;
}

test('every script keeps within its budget', async () => {
  const sizes = new Map<string, number>();
  for (const name of trackerScripts) sizes.set(name, brotliOf(await bundleScript(name)).length);
  const rows = Object.entries<Row>(JSON.parse(readText('src/tracker/budget.json'))).map(
    ([name, { files, brotli, aim }]) => {
      const bytes = files.reduce((sum, file) => sum + (sizes.get(file) ?? Number.NaN), 0);
      return { name, bytes, brotli, aim };
    },
  );
  const lines = rows.map(
    ({ name, bytes, brotli, aim }) =>
      `${name.padEnd(42)} ${String(bytes).padStart(5)} B of ${brotli}${aim === undefined ? '' : ` (aim ${aim})`}`,
  );
  process.stdout.write(`tracker, brotli:\n${lines.join('\n')}\n`);
  expect(rows.filter(({ bytes, brotli }) => !(bytes <= brotli)).map(({ name }) => name)).toEqual([]);
});

test('the scripts are written in the syntax of 2018 and evaluate no text', async () => {
  for (const name of trackerScripts) {
    const code = (await bundleScript(name)).toString();
    expect(code).not.toMatch(/\?\.[a-zA-Z([]|\?\?|catch\{|\beval\(|new Function|\.innerHTML|document\.write/);
  }
});
