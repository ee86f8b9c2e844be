/** A file on somebody else's server, over https or SFTP: looked at, and read when it is another than last time. */
import type { SourceSecret } from '#contract/import-sources.ts';
import type { OutboundFailure } from '#contract/outbound.ts';
import type { SourceFault } from '#contract/source-fault.ts';
import { BrokenAnswer, type GuardedFetch, type NoAnswer, type OpenAnswer } from './guarded-fetch.ts';

/** Where a file is, and how one proves who asks. */
export interface FilePlace {
  /** `https://…` or `sftp://…`; http only where the operator allows the address. */
  readonly address: string;
  readonly userName: string;
  readonly secret: SourceSecret | null;
  /** How the SFTP server proved itself before; null: this is the first time, and it is believed. */
  readonly hostKey: string | null;
}

export interface RemoteFile {
  /** Its last part of the path. */
  readonly name: string;
  /** Bytes; null: the server does not say. */
  readonly size: number | null;
  /** What the server knows this content by; null: by nothing. */
  readonly mark: string | null;
  /** Its bytes as they come. A connection that breaks throws what `readRemoteFile` answers as a fault. */
  readonly pieces: AsyncIterable<Buffer>;
}

export type RemoteFault = SourceFault | OutboundFailure;

export type RemoteAnswer<Result> = {
  /** The key the SFTP server showed, accepted or not; null: of no such server. */
  readonly hostKey: string | null;
} & (
  | { readonly word: 'read'; readonly result: Result }
  /** The mark is the one it had. */
  | { readonly word: 'same' }
  | { readonly word: 'failed'; readonly fault: RemoteFault }
);

/** Thrown inside a read and answered as a value. */
export class RemoteBroken extends Error {
  readonly fault: RemoteFault;

  constructor(fault: RemoteFault, options?: ErrorOptions) {
    super(fault, options);
    this.fault = fault;
  }
}

/** For everything, and between two pieces: a file of 5 GB at 2 MB a second is through in time. */
export const fileMs = 45 * 60_000;
export const stallMs = 60_000;

/** `known`: the mark of last time; null: read in any case. Throws only what `use` throws itself. */
export async function readRemoteFile<Result>(
  guarded: GuardedFetch,
  place: FilePlace,
  known: string | null,
  use: (file: RemoteFile) => Promise<Result>,
): Promise<RemoteAnswer<Result>> {
  const url = URL.parse(place.address);
  if (url === null) return { word: 'failed', fault: 'url.invalid', hostKey: null };
  if (url.protocol === 'sftp:') {
    // a library of 600 kB that most installations never call
    const { readSftpFile } = await import('./sftp-file.ts');
    return readSftpFile(guarded, place, url, known, use);
  }
  const answer = await guarded
    .open(
      {
        url: place.address,
        headers: { 'accept-encoding': 'identity', ...authorization(place), ...conditions(known) },
        timeoutMs: fileMs,
        stallMs,
        maxRedirects: 5,
      },
      (opened) => takeAnswer(opened, known, use),
    )
    .catch((error: unknown): NoAnswer | { readonly broken: RemoteFault } => {
      if (error instanceof BrokenAnswer) return { broken: error.failed };
      if (error instanceof RemoteBroken) return { broken: error.fault };
      throw error;
    });
  if ('broken' in answer) return { word: 'failed', fault: answer.broken, hostKey: null };
  if ('failed' in answer) return { word: 'failed', fault: answer.failed, hostKey: null };
  return { ...answer, hostKey: null };
}

type Taken<Result> = { word: 'read'; result: Result } | { word: 'same' } | { word: 'failed'; fault: RemoteFault };

async function takeAnswer<Result>(
  { url, status, headers, pieces }: OpenAnswer,
  known: string | null,
  use: (file: RemoteFile) => Promise<Result>,
): Promise<Taken<Result>> {
  if (status === 304) return { word: 'same' };
  if (status !== 200) return { word: 'failed', fault: faultOf(status) };
  const mark = headers.etag ?? headers['last-modified'] ?? null;
  // a server that minds no conditions says it with the head of its answer
  if (mark !== null && mark === known) return { word: 'same' };
  const length =
    headers['content-encoding'] === undefined ? Number(headers['content-length'] ?? Number.NaN) : Number.NaN;
  const size = Number.isSafeInteger(length) ? length : null;
  return { word: 'read', result: await use({ name: nameOf(new URL(url)), size, mark, pieces }) };
}

function authorization({ userName, secret }: FilePlace): Record<string, string> {
  if (secret === null || !('password' in secret)) return {};
  const { password } = secret;
  if (userName === '') return { authorization: `Bearer ${password}` };
  return { authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}` };
}

function conditions(known: string | null): Record<string, string> {
  if (known === null) return {};
  return /^(W\/)?"/.test(known) ? { 'if-none-match': known } : { 'if-modified-since': known };
}

function faultOf(status: number): RemoteFault {
  if (status === 401) return 'source.auth';
  if (status === 403) return 'source.not_allowed';
  return status === 404 || status === 410 ? 'source.no_file' : 'source.answer';
}

/** At most 250 characters; `file` where the address has no name. */
export function nameOf({ pathname }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  return (readable(last) || 'file').slice(-250);
}

export function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
