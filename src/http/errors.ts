import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { IntakeUnavailable, OverCapacity } from '#intake/engine.ts';
import { isLost } from '#store/db.ts';

/** What every error answer of ours looks like. */
export interface PublicError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly field?: string;
    readonly requestId: string;
  };
}

export function sendError(reply: FastifyReply, status: number, code: string, message: string, field?: string) {
  const body: PublicError = {
    error: { code, message, ...(field === undefined ? {} : { field }), requestId: requestId(reply) },
  };
  return reply.code(status).header('cache-control', 'no-store').type('application/json').send(JSON.stringify(body));
}

/** Over capacity and database away are 503 with Retry-After; what the framework refuses keeps its 4xx; the rest is a 500 that says nothing. */
export function handleError(log: Logger, onFault: () => void) {
  let toldAt = Number.NEGATIVE_INFINITY;
  // All callers of a moment share its fault: once a second is enough to know.
  const tell = (event: string, fault: unknown): void => {
    if (performance.now() - toldAt < 1_000) return;
    toldAt = performance.now();
    log.error({ event, ...faultOf(fault) });
  };
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof OverCapacity) return sendBusy(reply, error.retryAfterSeconds);
    if (error instanceof IntakeUnavailable) {
      tell('intake.unavailable', error.cause);
      return sendBusy(reply, 5);
    }
    if (isLost(error)) {
      // a caller that hung up in the middle looks the same
      if (!request.raw.socket.destroyed) tell('database.away', error);
      return sendBusy(reply, 5);
    }
    if (isUnstorable(error)) return sendError(reply, 400, 'request.invalid', 'A text holds NUL, which cannot be kept.');
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return sendError(
        reply,
        status,
        clientCodes[status] ?? 'request.invalid',
        clientWords[status] ?? 'The request cannot be read.',
      );
    }
    onFault();
    log.error({
      event: 'http.fault',
      route: request.routeOptions.url ?? 'none',
      requestId: request.id,
      ...faultOf(error),
    });
    return sendError(reply, 500, 'fault', 'Something failed on our side.');
  };
}

export function sendBusy(reply: FastifyReply, retryAfterSeconds: number): FastifyReply {
  reply.header('retry-after', String(retryAfterSeconds));
  return sendError(reply, 503, 'over_capacity', 'Too busy at the moment; send the same call again later.');
}

const unreadable: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'too_large', 'The head of the request is too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'too_slow', 'The request did not come in time.'],
};

/** What is no HTTP, or not all of it, is answered by hand and closed. */
export function refuseUnreadable(fault: string | undefined, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const other = ['400 Bad Request', 'request.invalid', 'The request cannot be read.'] as const;
  const [status, code, message] = unreadable[fault ?? ''] ?? other;
  const body = JSON.stringify({ error: { code, message } });
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.end(`${head}\r\n\r\n${body}`);
}

/** PostgreSQL's word for text it cannot hold: NUL, in a text or in JSON. */
function isUnstorable(error: FastifyError): boolean {
  return error.code === '22021' || error.code === '22P05';
}

/** Name, code and place of a fault. Its message stays out: it may quote what a person typed. */
export function faultOf(error: unknown): { readonly fault: string; readonly code?: string; readonly at?: string[] } {
  if (!(error instanceof Error)) return { fault: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    fault: error.name,
    ...('code' in error ? { code: String(error.code) } : {}),
    at: frames.slice(0, 6).map((line) => line.trim()),
  };
}

const clientCodes: Readonly<Record<number, string>> = {
  404: 'not_found',
  413: 'too_large',
  415: 'media_type',
  429: 'too_many',
};
const clientWords: Readonly<Record<number, string>> = {
  404: 'Nothing is here.',
  413: 'The body is too large.',
  415: 'This content type is not read here.',
  429: 'Too many calls; wait a little.',
};

function requestId(reply: FastifyReply): string {
  return String(reply.request.id);
}
