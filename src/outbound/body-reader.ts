/** Reads what a stranger answers: bounded in bytes before and after decompression, and in time. */
import type { IncomingMessage } from 'node:http';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface ReadBody {
  readonly bytes: Buffer;
  /** The limit was reached before the end. */
  readonly cut: boolean;
}

/** Throws when the deadline passes, the connection breaks, or the body is not in the coding it names. */
export async function readBody(answer: IncomingMessage, limit: number, deadline: AbortSignal): Promise<ReadBody> {
  const decoder = decoderOf(answer.headers['content-encoding']);
  const source = decoder === null ? answer : answer.pipe(decoder);
  const stop = (error?: Error): void => {
    answer.destroy(error);
    decoder?.destroy(error);
  };
  const late = (): void => stop(new Error('deadline'));
  if (deadline.aborted) late();
  deadline.addEventListener('abort', late, { once: true });
  let received = 0;
  let flooded = false;
  if (decoder !== null) {
    answer.on('error', (error) => decoder.destroy(error));
    // what decompresses to nothing could go on for ever
    answer.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received <= limit || flooded) return;
      flooded = true;
      answer.unpipe(decoder);
      decoder.end();
    });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source) {
      const bytes: Buffer = chunk;
      chunks.push(bytes.subarray(0, limit - size));
      size += bytes.length;
      if (size > limit) return { bytes: Buffer.concat(chunks), cut: true };
    }
    return { bytes: Buffer.concat(chunks), cut: flooded };
  } finally {
    deadline.removeEventListener('abort', late);
    stop();
  }
}

/** The decompressed bytes as they come. Throws like `readBody`, and when nothing came for `stallMs`. */
export async function* readPieces(
  answer: IncomingMessage,
  deadline: AbortSignal,
  stallMs: number,
): AsyncGenerator<Buffer> {
  const decoder = decoderOf(answer.headers['content-encoding']);
  const source = decoder === null ? answer : answer.pipe(decoder);
  const stop = (error?: Error): void => {
    answer.destroy(error);
    decoder?.destroy(error);
  };
  const late = (): void => stop(new Error('deadline'));
  if (deadline.aborted) late();
  deadline.addEventListener('abort', late, { once: true });
  const stalled = () => setTimeout(() => stop(Object.assign(new Error('stalled'), { code: 'ETIMEDOUT' })), stallMs);
  let timer = stalled();
  if (decoder !== null) answer.on('error', (error) => decoder.destroy(error));
  try {
    for await (const piece of source) {
      // how long our side takes for a piece is no fault of theirs
      clearTimeout(timer);
      yield piece;
      timer = stalled();
    }
  } finally {
    clearTimeout(timer);
    deadline.removeEventListener('abort', late);
    stop();
  }
}

function decoderOf(coding: string | undefined) {
  switch (coding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    case 'deflate':
      return createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
    case 'br':
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      throw Object.assign(new Error('unknown coding'), { code: 'Z_UNKNOWN_CODING' });
  }
}
