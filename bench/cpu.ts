/** CPU time of processes, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Microseconds this process has used. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of one process, all its threads; 0 when it is gone. */
export function cpuOf(pid: number): number {
  return statOf(pid)?.own ?? 0;
}

/** Microseconds of the PostgreSQL server below this data folder: of all its processes, also those that ended. */
export function postgresCpu(dataDir: string): number {
  const main = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  let sum = statOf(main)?.withChildren ?? 0;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (stat?.parent === main) sum += stat.withChildren;
  }
  return sum;
}

/** Microseconds per clock tick of /proc. */
const tick = 10_000;

function statOf(pid: number): { parent: number; own: number; withChildren: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (...at: number[]) => at.reduce((sum, place) => sum + Number(fields[place]), 0) * tick;
    return { parent: Number(fields[1]), own: ticks(11, 12), withChildren: ticks(11, 12, 13, 14) };
  } catch {
    // It ended in between.
    return null;
  }
}
