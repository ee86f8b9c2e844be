/** Builds the interface into dist/ui: one page, its code split by screen, compressed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const root = import.meta.dirname;

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [react()],
  build: {
    outDir: join(root, '../../dist/ui'),
    emptyOutDir: true,
    target: 'es2022',
    // What is inlined as data: would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What bench/back-office-row.ts adds up.
    manifest: true,
    chunkSizeWarningLimit: 900,
  },
});

const assets = join(root, '../../dist/ui/assets');
for (const file of readdirSync(assets).filter((name) => /\.(js|css)$/.test(name))) {
  const bytes = readFileSync(join(assets, file));
  writeFileSync(join(assets, `${file}.br`), brotliCompressSync(bytes));
  writeFileSync(join(assets, `${file}.gz`), gzipSync(bytes, { level: 9 }));
}
