import { statfs } from 'node:fs/promises';
import type { Health } from '#contract/instance.ts';
import { findHealth } from '#views/instance.ts';
import type { Desk } from './desk.ts';

/** How the installation fares: what the database knows, and this process of itself. */
export async function findInstanceHealth(desk: Desk, dataFolder: string | null, startedAt: number): Promise<Health> {
  const [known, disk] = await Promise.all([findHealth(desk.db), dataFolder === null ? null : diskOf(dataFolder)]);
  const spooled = desk.engine.spooled();
  return {
    ...known,
    node: process.versions.node,
    startedAt,
    intake: {
      ...known.intake,
      pressure: desk.engine.pressure(),
      spool: spooled === null ? null : { calls: spooled.calls, bytes: spooled.bytes, filesTooOld: spooled.tooOld },
    },
    disk,
    mail: { configured: desk.mail.configured, ...known.mail },
  };
}

/** Of the disk that holds the data folder; null: it cannot be asked. */
async function diskOf(folder: string): Promise<Health['disk']> {
  const found = await statfs(folder).catch(() => null);
  return found === null ? null : { free: found.bavail * found.bsize, total: found.blocks * found.bsize };
}
