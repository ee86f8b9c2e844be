/** Builds what browsers load (back office and tracker) when it is missing or older than its sources; `--all` builds anyway. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const targets = [
  { room: 'ui', sources: ['src/ui', 'src/contract', 'src/domain', 'package-lock.json'] },
  { room: 'tracker', sources: ['src/tracker', 'src/contract', 'package-lock.json'] },
];

for (const { room, sources } of targets) {
  const script = join(root, 'src', room, 'build.ts');
  if (!existsSync(script)) continue;
  const stamp = join(root, 'dist', `${room}.built`);
  const builtAt = timeOf(stamp);
  const changedAt = Math.max(...sources.map((path) => newest(join(root, path))));
  if (builtAt > changedAt && existsSync(join(root, 'dist', room)) && !process.argv.includes('--all')) continue;
  process.stderr.write(`Building ${room === 'ui' ? 'the back office' : 'the tracker'}…\n`);
  const startedAt = new Date();
  execFileSync(process.execPath, [script], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, startedAt.toISOString());
}

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return timeOf(path);
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function timeOf(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
