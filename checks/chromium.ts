/** The real browser that browser tests drive. `node checks/chromium.ts` installs Debian's where root may and none is there. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const sentence = 'Browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.';

/** Flags for a browser that talks to nobody but the page under test. */
export const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function findChromium(): string | null {
  const given = process.env.CHROMIUM_PATH;
  if (given !== undefined && given !== '') return given;
  return places.find((path) => existsSync(path)) ?? null;
}

export function chromiumPath(): string {
  const path = findChromium();
  if (path === null) throw new Error(sentence);
  return path;
}

if (import.meta.main) install();

function install(): void {
  if (findChromium() !== null) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    stop(sentence);
    return;
  }
  process.stderr.write('Installing Chromium for the browser tests…\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    execFileSync('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  } catch {
    stop(sentence);
  }
}

function stop(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
