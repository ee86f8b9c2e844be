/** The embedded database's folder: `data`, `password`, `server.log`, and a copy of the programs where one is needed. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binariesVersion, findBinaries, isReachable, type ServerUser, serverUser } from './postgres-binaries.ts';
import { StartFault } from './start-fault.ts';

const run = promisify(execFile);

export interface Cluster {
  readonly area: string;
  readonly data: string;
  readonly password: string;
  readonly user: ServerUser | null;
  readonly bin: string;
}

/** Opens the cluster below `dataDir`/postgres, and makes it at the first start. */
export async function openCluster(dataDir: string, note: (line: string) => void): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 }).catch((error) => {
    throw new StartFault(
      `The data folder ${dataDir} cannot be made (${error.code}); set DATA_DIR to a folder you may write.`,
    );
  });
  const link = join(dataDir, 'postgres');
  const user = await serverUser(link);
  try {
    if ((await stat(link).catch(() => null)) === null) await makeCluster(dataDir, link, user, note);
    const area = await realpath(link);
    const bin = await findBinaries(area, user);
    const password = await readFile(join(area, 'password'), 'utf8');
    const made = Number(await readFile(join(area, 'data', 'PG_VERSION'), 'utf8'));
    const version = await binariesVersion(bin, user);
    if (made !== version) {
      throw new StartFault(
        `The database in ${area} was made by PostgreSQL ${made} and this release brings ${version}; go back to the release that made it, or move the data with DATABASE_URL.`,
      );
    }
    return { area, data: join(area, 'data'), password, user, bin };
  } catch (error) {
    throw asFault(error, dataDir);
  }
}

function asFault(error: unknown, dataDir: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return new StartFault(
      `The data folder ${dataDir} cannot be used by this user (${code}); give it to the user who runs Spread Tracker or set DATA_DIR to another folder.`,
    );
  }
  if (code === 'ENOSPC')
    return new StartFault(`The disk of the data folder ${dataDir} is full; make room and start again.`);
  return error;
}

/** Makes the cluster beside its place and moves it there in one step, so that a broken start leaves nothing half made. */
async function makeCluster(
  dataDir: string,
  area: string,
  user: ServerUser | null,
  note: (line: string) => void,
): Promise<void> {
  const near = await isReachable(join(area, 'data'), user);
  // Below a closed home (mode 0700) the server's user cannot reach the data folder.
  const parent = near ? dataDir : '/var/lib/spread-tracker';
  if (!near) await mkdir(parent, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(parent)) {
    const maker = /^postgres-new-(\d+)-/.exec(entry)?.[1];
    if (near && maker !== undefined && !isAlive(Number(maker)))
      await rm(join(parent, entry), { recursive: true, force: true });
  }
  const fresh = await mkdtemp(join(parent, near ? `postgres-new-${process.pid}-` : 'postgres-'));
  try {
    await chmod(fresh, 0o700);
    if (user !== null) await chown(fresh, user.uid, user.gid);
    const password = randomBytes(24).toString('base64url');
    await own(join(fresh, 'password'), password, user);
    const bin = await findBinaries(fresh, user);
    const data = join(fresh, 'data');
    const words = ['-D', data, '-U', 'postgres', '--pwfile', join(fresh, 'password'), '--auth', 'scram-sha-256'];
    await run(join(bin, 'initdb'), [...words, '--no-locale', '-E', 'UTF8', '--no-instructions'], {
      ...user,
      cwd: '/',
      env: { LC_ALL: 'C' },
    }).catch((error) => {
      const why = String(error.stderr ?? error.message)
        .trim()
        .split('\n')[0];
      throw new StartFault(
        `The embedded database cannot be made (${why}); mend that or set DATABASE_URL to a PostgreSQL server.`,
      );
    });
    if (near) await rename(fresh, area);
    else {
      await symlink(fresh, area);
      note(`The database's own user cannot reach ${dataDir}: the database lives in ${fresh}, linked from ${area}`);
    }
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process of ours was faster.
    if ((await stat(area).catch(() => null)) === null) throw error;
  }
}

async function own(path: string, text: string, user: ServerUser | null): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (user !== null) await chown(path, user.uid, user.gid);
}

/** Whether a process has this number, anybody's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
