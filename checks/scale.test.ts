/** No view goes unmeasured where there is much to read. */
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { screenCases } from '../bench/scale/screens-row.ts';
import { listFiles, root } from './files.ts';

test('every function of a view is asked in the filled database: add how to bench/scale/screens-*.ts, or why it asks nothing', async () => {
  const files = listFiles('src/views/*.ts').filter((path) => !/\.test\.ts$|\/testing\//.test(path));
  const exported = await Promise.all(
    files.map(async (path) => {
      const module: Record<string, unknown> = await import(join(root, path));
      const names = Object.keys(module).filter((name) => typeof module[name] === 'function');
      return names.map((name) => `${basename(path)} ${name}`);
    }),
  );
  const asked = Object.entries(screenCases).flatMap(([file, cases]) =>
    Object.keys(cases).map((name) => `${file} ${name}`),
  );
  const views = exported.flat();
  expect({
    notAsked: views.filter((view) => !asked.includes(view)),
    notThere: asked.filter((view) => !views.includes(view)),
  }).toEqual({ notAsked: [], notThere: [] });
});
