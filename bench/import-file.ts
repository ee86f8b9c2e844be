/** A shop's past as a file, and its way in. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ImportPage } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import type { BenchProgram } from './program.ts';

/** Orders of one client. */
export const ordersEach = 3;
const headers =
  'Référence;Date de commande;E-mail;Nom;Prénom;Adresse;Code postal;Ville;Pays;Téléphone;Total TTC;Devise;Statut';

/** As a shop's tool exports it: semicolons, decimal commas, the newest order last. */
export function makeFile(lines: number): Buffer {
  const parts: string[] = [`${headers}\r\n`];
  const cities = ['Lyon', 'Paris', 'Nantes', 'Bordeaux', 'Lille', 'Rennes', 'Brest', 'Saint-Étienne'];
  const states = ['Payée', 'Expédiée', 'Livrée', 'Terminée', 'Annulée'];
  for (let n = 0; n < lines; n++) {
    const client = n % (lines / ordersEach);
    const day = new Date(Date.UTC(2022, 0, 1) + n * 240_000).toISOString();
    const date = `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)} ${day.slice(11, 16)}`;
    parts.push(
      `C${100_000 + n};${date};client${client}@example.test;Nom${client % 5_000};Prénom${client % 300};${client % 90} rue de la République;` +
        `${String(10_000 + (client % 85_000))};${cities[client % cities.length]};FR;06${String(10_000_000 + client)};` +
        `${20 + (n % 180)},${String(n % 100).padStart(2, '0')};EUR;${states[n % states.length]}\r\n`,
    );
  }
  return Buffer.from(parts.join(''));
}

export interface Imported {
  readonly page: ImportPage;
  readonly seconds: number;
  readonly uploadSeconds: number;
}

/** From the first byte to the last order applied. `onRunning` hears when its lines are on their way. */
export async function runFile(
  program: BenchProgram,
  cookie: string,
  file: Buffer,
  onRunning: () => void = () => undefined,
): Promise<Imported> {
  const base = `http://127.0.0.1:${program.port}/api/shops/1/imports`;
  const call = async (path: string, body?: object | Buffer): Promise<ImportPage> => {
    const bytes = Buffer.isBuffer(body);
    const answer = await fetch(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, 'content-type': bytes ? 'application/octet-stream' : 'application/json' },
      ...(body === undefined ? {} : { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const until = async (id: string, states: readonly string[]): Promise<ImportPage> => {
    for (;;) {
      const page = await call(`/${id}`);
      if (states.includes(page.state)) return page;
      if (page.state === 'failed') throw new Error(`the import failed: ${page.fault}`);
      await pause(100);
    }
  };
  const started = performance.now();
  const { id } = await call('', { kind: 'orders', fileName: 'commandes.csv', size: file.length });
  for (let at = 0; at < file.length; at += largestPiece)
    await call(`/${id}/bytes?at=${at}`, file.subarray(at, at + largestPiece));
  const uploadSeconds = (performance.now() - started) / 1000;
  await call(`/${id}/read`, { encoding: null, separator: null });
  const { setupFault } = await until(id, ['ready']);
  if (setupFault !== null) throw new Error(`the columns were not understood: ${setupFault}`);
  await call(`/${id}/run`, {});
  onRunning();
  const page = await until(id, ['done']);
  return { page, seconds: (performance.now() - started) / 1000, uploadSeconds };
}
