/** The installation's secret: SECRET_KEY, or the file made for it at the first start. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { keepInstanceValue } from '#store/instance.ts';
import { StartFault } from '#store/start-fault.ts';

/** `given`: the value of SECRET_KEY. The file is readable by its owner only. */
export async function findSecretKey(given: string | null, dataDir: string): Promise<string> {
  if (given !== null) return given;
  const path = join(dataDir, 'secret-key');
  try {
    return await readSecret(path);
  } catch (error) {
    if (error instanceof StartFault) throw error;
    if (!isMissing(error)) throw unusable(path, error);
  }
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o755 });
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    // Two processes started at once: the file of the faster one counts.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw unusable(path, error);
    }
  }
  return readSecret(path);
}

/** Refuses a key other than the one this database was made with: sealed private keys would never open again. */
export async function checkSecretKey(pool: Pool, secretKey: string): Promise<void> {
  const print = Buffer.from(printOf(secretKey), 'base64url');
  const kept = await keepInstanceValue(pool, 'secret_key_print', printOf(secretKey));
  const known = Buffer.from(String(kept), 'base64url');
  if (known.length !== print.length || !timingSafeEqual(known, print)) {
    throw new StartFault(
      'SECRET_KEY is not the one this database was made with: give that one (without SECRET_KEY it is the file secret-key in DATA_DIR).',
    );
  }
}

/** Tells a key from another without giving it away. */
export function printOf(secretKey: string): string {
  return createHmac('sha256', secretKey).update('spread-tracker secret key check').digest('base64url');
}

async function readSecret(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).trim();
  if (text.length < 32) {
    throw new StartFault(`The file ${path} holds fewer than 32 characters: put back the secret key from your backup.`);
  }
  return text;
}

function unusable(path: string, cause: unknown): StartFault {
  const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown error';
  return new StartFault(
    `The secret key ${path} cannot be read or made (${code}); set DATA_DIR to a folder you may write.`,
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
