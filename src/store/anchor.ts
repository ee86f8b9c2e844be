/** Anchors: where each shop's chain of history stood, signed, in files outside the database (rules §4 history). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keys } from './secret.ts';

export interface SignedAnchor {
  readonly shop: number;
  readonly n: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly signature: string;
}

export function signAnchor(keys: Keys, anchor: Omit<SignedAnchor, 'signature'>): SignedAnchor {
  return { ...anchor, signature: signatureOf(keys, anchor).toString('hex') };
}

/** False when it was not made with this installation's `SECRET_KEY`, or was changed since. */
export function checkAnchor(keys: Keys, anchor: SignedAnchor): boolean {
  const given = Buffer.from(anchor.signature, 'hex');
  const right = signatureOf(keys, anchor);
  return given.length === right.length && timingSafeEqual(given, right);
}

/** One file a UTC day, replaced whole. */
export async function writeAnchors(folder: string, day: string, anchors: readonly SignedAnchor[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${day}.json`);
  await writeFile(`${path}.new`, `${JSON.stringify(anchors, null, 1)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** A shop's anchors, newest first, from at most `days` files; none when the folder is not there. */
export async function readAnchors(folder: string, shop: number, days = 400): Promise<SignedAnchor[]> {
  const files = await listDays(folder);
  const found: SignedAnchor[] = [];
  for (const name of files.slice(-days).reverse()) {
    const anchors: SignedAnchor[] = JSON.parse(await readFile(join(folder, name), 'utf8'));
    found.push(...anchors.filter((anchor) => anchor.shop === shop));
  }
  return found;
}

/** Moves the files that say where chains stood after `madeAt` (ISO) into a folder beside; answers that folder, null when there were none. */
export async function setAnchorsAside(folder: string, madeAt: string): Promise<string | null> {
  const aside = join(folder, `after-${madeAt.replaceAll(':', '')}`);
  let moved = false;
  for (const name of await listDays(folder)) {
    const anchors: SignedAnchor[] = JSON.parse(await readFile(join(folder, name), 'utf8'));
    if (!anchors.some(({ at }) => at > madeAt)) continue;
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(join(folder, name), join(aside, name));
    moved = true;
  }
  return moved ? aside : null;
}

async function listDays(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^\d{4}-\d\d-\d\d\.json$/.test(name)).sort();
}

function signatureOf(keys: Keys, { shop, n, hash, at }: Omit<SignedAnchor, 'signature'>): Buffer {
  return createHmac('sha256', keys.anchor)
    .update(JSON.stringify([shop, n, hash, at]))
    .digest();
}
