/** Files a shop's program sends by itself, each an import that runs as soon as it was read (docs/wire/import.md). */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { type ImportPush, largestFile } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import type { ShopId } from '#domain/ids.ts';
import { addPiece, changeImport, countImport, createImport, findImport, wakeImports } from '#store/import-file.ts';
import { forgetImport } from '#store/import-forget.ts';
import { endUpload, findPush, findSameContent, type Pushed, restartUpload } from '#store/import-push.ts';
import { listTemplates } from '#store/import-template.ts';
import { writeAuto, writingBy } from '#wire/import/auto.ts';
import { type ImportKind, importKinds } from '#wire/import/columns.ts';
import { summaryOf } from './back-office/import-page.ts';
import { proveRight } from './contact-routes.ts';
import { type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { findParameter, queryOf } from './query.ts';
import { proveKeys } from './v1.ts';

const keyShape = /^[\x21-\x7e]{1,255}$/;
const rangeShape = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/;
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * `PUT /api/imports` (a pair that may write): the body is the file, whole or piece after piece; 202 with its id. `GET /api/imports/:id`
 * says what became of it. A test pair may do neither.
 */
export function importPush(app: FastifyInstance, doors: Doors, pool: Pool): void {
  app.route({
    method: 'PUT',
    url: '/api/imports',
    onRequest: async (request, reply) => {
      await proveRight(doors, request, reply, 'mayWrite');
      if (reply.sent) return reply;
      if (request.pair?.test) return refuse(doors, request, reply, 'mayWrite');
      if (Number(request.headers['content-length'] ?? 0) > largestFile)
        return sendError(reply.header('connection', 'close'), 413, 'too_large', 'A file of 5 GB at most.');
    },
    handler: (request, reply) => receive(doors, pool, request, reply),
  });

  app.route<{ Params: { id: string } }>({
    method: 'GET',
    url: '/api/imports/:id',
    onRequest: async (request, reply) => {
      const pair = await proveKeys(doors, request, reply);
      if (pair === null) return reply;
      if (pair.test) return refuse(doors, request, reply, 'mayRead');
      request.pair = pair;
    },
    handler: async (request, reply) => {
      const { pair } = request;
      const { id } = request.params;
      const state = pair !== null && idShape.test(id) ? await stateOf(pool, pair.shopId, id) : null;
      if (state === null) return sendError(reply, 404, 'not_found', 'No such import.');
      return send(reply, 200, state);
    },
  });
}

interface Call {
  readonly shop: ShopId;
  readonly kind: ImportKind;
  readonly fileName: string;
  readonly setup: unknown;
  readonly auto: unknown;
  /** Hash of the key it may come again under; null: its content is its key. */
  readonly key: Buffer | null;
  /** Which bytes of the file the body is; null: all. */
  readonly range: { readonly at: number; readonly length: number; readonly total: number } | null;
}

async function receive(doors: Doors, pool: Pool, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = await readCall(pool, request, reply);
  if (call === null) return reply;
  const { shop, range, key } = call;
  const known = key === null ? null : await findPush(pool, shop, key);
  if (known !== null && known.state !== 'uploading') return replay(doors, pool, request, reply, call, known);
  const at = range?.at ?? 0;
  const here = known?.received ?? 0;
  if (range !== null && (at !== here || (known !== null && known.size !== range.total)))
    return sendError(
      reply,
      409,
      'import.piece',
      `The next piece begins at byte ${here}, of a file of as many bytes as before.`,
    );
  const size = range?.total ?? sizeOf(request);
  if (known !== null && range === null) await restartUpload(pool, shop, known.id, size);
  const id = known?.id ?? (await begin(doors, pool, call, size));
  if (id === null) return inFlight(reply);
  const taken = await take(doors, pool, request, shop, id, at);
  if (taken.word !== 'whole') {
    // without a key nobody can go on with it
    if (key === null) await forgetImport(pool, shop, id, doors.now());
    return refuseBroken(doors, request, reply, taken.word);
  }
  const received = at + taken.length;
  if (range !== null && received < range.total) return answer(pool, reply, shop, id, false);
  const hash = range === null ? taken.hash : null;
  const same = key === null && hash !== null ? await findSameContent(pool, shop, { ...call, hash }) : null;
  if (same !== null) {
    await forgetImport(pool, shop, id, doors.now());
    return answer(pool, reply, shop, same.id, true);
  }
  if (!(await endUpload(pool, shop, id, received, hash))) return inFlight(reply);
  const { setup, auto } = call;
  await changeImport(pool, shop, id, ['uploading'], { state: 'reading', setup, auto });
  await wakeImports(pool);
  return answer(pool, reply, shop, id, false);
}

/** null when a 400 is already sent. */
async function readCall(pool: Pool, request: FastifyRequest, reply: FastifyReply): Promise<Call | null> {
  const { pair } = request;
  if (pair === null) return null;
  const refused = (code: string, say: string, field?: string): null => {
    sendError(reply.header('connection', 'close'), 400, code, say, field);
    return null;
  };
  const query = queryOf(request.url);
  const kind = importKinds.find((one) => one === findParameter(query, 'kind'));
  if (kind === undefined) return refused('import.kind', `kind is one of ${importKinds.join(', ')}.`, 'kind');
  const name = findParameter(query, 'template');
  const template =
    name === null
      ? null
      : (await listTemplates(pool, pair.shopId)).find((one) => one.kind === kind && one.name === name);
  if (template === undefined)
    return refused('import.template', 'There are no kept settings of this name for this kind of file.', 'template');
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !keyShape.test(key)))
    return refused('idempotency.invalid', 'Idempotency-Key: 1 to 255 printable characters, no space.');
  const range = readRange(request);
  if (range === 'wrong')
    return refused('import.range', 'Content-Range: bytes <first>-<last>/<size of the file>, as long as the body.');
  if (range !== null && key === undefined)
    return refused('idempotency.missing', 'Pieces need an Idempotency-Key, the same for all pieces of a file.');
  return {
    shop: pair.shopId,
    kind,
    fileName: (findParameter(query, 'fileName') ?? 'push').replaceAll('\0', '').toWellFormed().slice(-250),
    setup: writingBy(template),
    auto: writeAuto(template),
    key: key === undefined ? null : createHash('sha256').update(key).digest(),
    range,
  };
}

function readRange({ headers }: FastifyRequest): Call['range'] | 'wrong' {
  const text = headers['content-range'];
  if (text === undefined) return null;
  const [, first, last, all] = (rangeShape.exec(text) ?? []).map(Number);
  if (first === undefined || last === undefined || all === undefined) return 'wrong';
  const length = last - first + 1;
  const fits = length > 0 && last < all && all <= largestFile && Number(headers['content-length']) === length;
  return fits ? { at: first, length, total: all } : 'wrong';
}

function sizeOf({ headers }: FastifyRequest): number {
  return Number(headers['content-length'] ?? largestFile);
}

/** null: another call with the key has begun meanwhile. */
async function begin(doors: Doors, pool: Pool, call: Call, size: number): Promise<string | null> {
  const { shop, kind, fileName, key } = call;
  const made = { shopId: shop, kind, fileName, size, setup: null, createdBy: 'api' };
  try {
    return await createImport(pool, key === null ? made : { ...made, pushKey: key }, doors.now());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '23505') return null;
    throw error;
  }
}

type Taken =
  | { readonly word: 'whole'; readonly length: number; readonly hash: Buffer }
  | { readonly word: 'broken' | 'budget' | 'overtaken' | 'empty' };

/** Keeps the body from byte `at` on, a piece at a time. */
async function take(
  doors: Doors,
  pool: Pool,
  request: FastifyRequest,
  shop: ShopId,
  id: string,
  at: number,
): Promise<Taken> {
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const piece of piecesOf(request)) {
      if (!doors.keyedBudget.take(shop, piece.length, doors.now())) return { word: 'budget' };
      hash.update(piece);
      const added = await addPiece(pool, shop, id, at + length, piece);
      if (added?.taken !== true) return { word: 'overtaken' };
      length += piece.length;
    }
  } catch (error) {
    // the caller hung up, or was too slow
    if (request.raw.destroyed && !request.raw.complete) return { word: 'broken' };
    throw error;
  }
  return length === 0 ? { word: 'empty' } : { word: 'whole', length, hash: hash.digest() };
}

async function* piecesOf({ body }: FastifyRequest): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) return;
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    for (let rest: Buffer = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, largestPiece - length);
      waiting.push(part);
      length += part.length;
      rest = rest.subarray(part.length);
      if (length < largestPiece) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(waiting);
}

function refuseBroken(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  word: Exclude<Taken['word'], 'whole'>,
): FastifyReply {
  reply.header('connection', 'close');
  switch (word) {
    case 'budget':
      return refuse(doors, request, reply, 'budget');
    case 'overtaken':
      return inFlight(reply);
    case 'empty':
      return sendError(reply, 400, 'import.empty', 'The body is the file: it is empty.');
    case 'broken':
      return sendError(reply, 400, 'request.broken', 'The file did not come to its end.');
  }
}

function inFlight(reply: FastifyReply): FastifyReply {
  reply.header('connection', 'close').header('retry-after', '1');
  return sendError(reply, 409, 'idempotency.in_flight', 'Another call with this Idempotency-Key is under way.');
}

/** The body is read to its end, so that the answer arrives; another one than before is refused. */
async function replay(
  doors: Doors,
  pool: Pool,
  request: FastifyRequest,
  reply: FastifyReply,
  { shop, range }: Call,
  known: Pushed,
): Promise<FastifyReply> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(request)) {
    if (!doors.keyedBudget.take(shop, piece.length, doors.now())) return refuseBroken(doors, request, reply, 'budget');
    hash.update(piece);
  }
  if (range === null && known.contentHash !== null && !hash.digest().equals(known.contentHash))
    return sendError(
      reply,
      400,
      'idempotency.reused',
      'This Idempotency-Key came with another file before: make a new key for each new file.',
    );
  return answer(pool, reply, shop, known.id, true);
}

async function answer(
  pool: Pool,
  reply: FastifyReply,
  shop: ShopId,
  id: string,
  again: boolean,
): Promise<FastifyReply> {
  const state = await stateOf(pool, shop, id);
  if (state === null) return sendError(reply, 404, 'not_found', 'No such import.');
  if (again) reply.header('idempotent-replayed', 'true');
  return send(reply.header('location', `/api/imports/${id}`), again ? 200 : 202, state);
}

function send(reply: FastifyReply, status: number, state: ImportPush): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('application/json').send(JSON.stringify(state));
}

async function stateOf(pool: Pool, shop: ShopId, id: string): Promise<ImportPush | null> {
  const row = await findImport(pool, shop, id);
  if (row === null) return null;
  const summary = summaryOf(row, await countImport(pool, shop, id));
  const { kind, state, received, lines, counts, fault } = summary;
  // of no file: the back office shows it
  if (kind === 'history') return null;
  return {
    ...{ id, kind, state, received, lines, counts, fault },
    size: state === 'uploading' && row.size === largestFile ? null : row.size,
    createdAt: new Date(row.createdAt).toISOString(),
    finishedAt: row.finishedAt === null ? null : new Date(row.finishedAt).toISOString(),
  };
}
