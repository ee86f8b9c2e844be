/** Builds the tracker as shops' pages load it into dist/tracker, small and in the syntax of 2018. */
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');

await build({
  entryPoints: [join(import.meta.dirname, 'sb-tracker.ts')],
  outfile: join(root, 'dist/tracker/sb-tracker.js'),
  bundle: true,
  minify: true,
  target: 'es2018',
  format: 'iife',
  charset: 'utf8',
  logLevel: 'warning',
  legalComments: 'none',
});
