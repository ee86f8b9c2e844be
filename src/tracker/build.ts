/** Builds the scripts of shops' pages into dist/tracker: compressed, each under a stable and a versioned address. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { brotliOf, bundleScript, trackerScripts } from './bundle.ts';

const folder = join(import.meta.dirname, '../../dist/tracker');
mkdirSync(folder, { recursive: true });
const written = new Set<string>();
const manifest: Record<string, { versioned: string; integrity: string }> = {};
for (const name of trackerScripts) {
  const code = await bundleScript(name);
  const versioned = `${name}.${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`;
  const brotli = brotliOf(code);
  for (const file of [`${name}.js`, versioned]) {
    write(file, code);
    write(`${file}.br`, brotli);
    write(`${file}.gz`, gzipSync(code, { level: 9 }));
  }
  manifest[name] = { versioned, integrity: `sha384-${createHash('sha384').update(code).digest('base64')}` };
}
write('tracker.d.ts', readFileSync(join(import.meta.dirname, 'api.ts')));
write('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
for (const file of readdirSync(folder)) if (!written.has(file)) rmSync(join(folder, file));

/** Whole or not at all: somebody may be reading the folder. */
function write(file: string, bytes: Buffer): void {
  written.add(file);
  const path = join(folder, file);
  writeFileSync(`${path}.${process.pid}`, bytes);
  renameSync(`${path}.${process.pid}`, path);
}
