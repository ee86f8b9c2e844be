import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImportKindSchema, ImportList, ImportPage, ImportSetupBody, largestFile } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import {
  addPiece,
  changeImport,
  countImport,
  createImport,
  findImport,
  type ImportChange,
  type ImportRow,
  type ImportState,
  listImports,
  movingStates,
  readReport,
  wakeImports,
} from '#store/import-file.ts';
import { forgetImport } from '#store/import-forget.ts';
import { keepTemplate, listTemplates } from '#store/import-template.ts';
import { stopHistory, wakePulls } from '#store/pull.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { importKinds } from '#wire/import/columns.ts';
import { reportCsv } from '#wire/import/report-csv.ts';
import { readSetup } from '#wire/import/setup.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { canUndo, hasReport, pageOf, summaryOf } from './import-page.ts';
import { noteAct } from './note.ts';

const base = '/api/shops/:shopId/imports';
const one = `${base}/:importId`;
const ImportParams = Type.Object({
  ...ShopParams.properties,
  importId: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
});
const mostListed = 100;

/** Earlier clients and orders: files come in pieces, are looked at, checked and run by a job. */
export function importRoutes(app: DeskApp, desk: Desk): void {
  const { pool, db, now } = desk;
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: largestPiece },
    (_request, body, done) => done(null, body),
  );

  async function page(request: FastifyRequest, reply: FastifyReply, id: string): Promise<ImportPage | FastifyReply> {
    const row = await findImport(pool, shopOf(request), id);
    return row === null ? sendNotFound(reply) : pageOf(row, await countImport(pool, shopOf(request), id));
  }

  /** Moves an import that is in one of `from`, and wakes the job; else 409 with the state it is in. */
  async function move(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    from: readonly ImportState[],
    change: ImportChange,
  ): Promise<ImportPage | FastifyReply> {
    const moved = await changeImport(pool, shopOf(request), id, from, change);
    if (moved === null) return sendNotFound(reply);
    if (!moved.changed)
      return sendError(reply, 409, 'import.state', `This import is ${moved.state}: that cannot be done now.`);
    await wakeImports(pool);
    return page(request, reply, id);
  }

  app.get(base, { schema: { params: ShopParams, response: { 200: ImportList } } }, async (request, reply) => {
    const shop = shopOf(request);
    const found = await findShopSettings(db, shop);
    if (found === null) return sendNotFound(reply);
    const rows = await listImports(pool, shop, mostListed);
    const { bases, customFields, zone } = found.settings;
    const imports = await Promise.all(rows.map(async (row) => summaryOf(row, await countImport(pool, shop, row.id))));
    return {
      zone,
      imports,
      templates: (await listTemplates(pool, shop)) as ImportList['templates'],
      bases: bases.map(({ id, name }) => ({ id, name })),
      customFields: customFields.map(({ id, name }) => ({ id, name })),
    };
  });

  app.post(
    base,
    {
      schema: {
        params: ShopParams,
        body: Type.Object({
          kind: ImportKindSchema,
          fileName: Type.String({ maxLength: 250 }),
          size: Type.Integer({ minimum: 1, maximum: largestFile }),
        }),
        response: { 200: ImportPage },
      },
    },
    async (request, reply) => {
      const createdBy = userOf(request).id;
      const id = await createImport(pool, { ...request.body, shopId: shopOf(request), createdBy, setup: null }, now());
      return page(request, reply, id);
    },
  );

  app.post(
    `${one}/bytes`,
    {
      schema: {
        params: ImportParams,
        querystring: Type.Object(
          { at: Type.Integer({ minimum: 0, maximum: largestFile }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ received: Type.Integer() }), 409: Type.Object({ received: Type.Integer() }) },
      },
      bodyLimit: largestPiece,
    },
    async (request, reply) => {
      const bytes = request.body;
      if (!Buffer.isBuffer(bytes) || bytes.length === 0)
        return sendError(reply, 400, 'import.piece', 'Send the bytes as application/octet-stream.');
      const piece = await addPiece(pool, shopOf(request), request.params.importId, request.query.at, bytes);
      if (piece === null) return sendNotFound(reply);
      return reply.code(piece.taken ? 200 : 409).send({ received: piece.received });
    },
  );

  app.get(one, { schema: { params: ImportParams, response: { 200: ImportPage } } }, async (request, reply) =>
    page(request, reply, request.params.importId),
  );

  app.post(
    `${one}/read`,
    {
      schema: {
        params: ImportParams,
        body: Type.Object({
          encoding: ImportSetupBody.properties.encoding,
          separator: ImportSetupBody.properties.separator,
        }),
        response: { 200: ImportPage },
      },
    },
    async (request, reply) => {
      const row = await findImport(pool, shopOf(request), request.params.importId);
      if (row !== null && row.received < row.size)
        return sendError(reply, 409, 'import.incomplete', `${row.received} of ${row.size} bytes are here.`);
      const from: ImportState[] = ['uploading', 'ready', 'failed'];
      return move(request, reply, request.params.importId, from, {
        state: 'reading',
        setup: request.body,
        fault: null,
      });
    },
  );

  app.post(
    `${one}/setup`,
    { schema: { params: ImportParams, body: ImportSetupBody, response: { 200: ImportPage } } },
    async (request, reply) => move(request, reply, request.params.importId, ['ready'], { setup: request.body }),
  );

  for (const [name, state] of [
    ['check', 'checking'],
    ['run', 'running'],
  ] as const) {
    app.post(
      `${one}/${name}`,
      { schema: { params: ImportParams, response: { 200: ImportPage } } },
      async (request, reply) => {
        const row = await findImport(pool, shopOf(request), request.params.importId);
        if (row === null) return sendNotFound(reply);
        const fault = setupFault(row);
        if (fault !== null) return sendError(reply, 400, `import.setup_${fault}`, 'The columns do not say enough yet.');
        if (name === 'run')
          await noteAct(desk, request, 'import.run', { detail: { importId: row.id, kind: row.kind } });
        const from: ImportState[] = name === 'run' ? ['ready', 'stopped'] : ['ready'];
        const started = name === 'run' ? { startedAt: row.startedAt ?? now() } : {};
        return move(request, reply, row.id, from, { state, readBytes: 0, ...started });
      },
    );
  }

  app.post(
    `${one}/stop`,
    { schema: { params: ImportParams, response: { 200: ImportPage } } },
    async (request, reply) => {
      const { importId } = request.params;
      const row = await findImport(pool, shopOf(request), importId);
      if (row?.state === 'checking') return move(request, reply, importId, ['checking'], { state: 'ready' });
      if (row?.kind === 'history') {
        await stopHistory(pool, shopOf(request), importId, now());
        await wakePulls(pool);
      }
      await noteAct(desk, request, 'import.stop', { detail: { importId } });
      return move(request, reply, importId, ['running'], { state: 'stopping' });
    },
  );

  app.post(
    `${one}/undo`,
    {
      schema: {
        params: ImportParams,
        body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' }) }),
        response: { 200: ImportPage },
      },
    },
    async (request, reply) => {
      const { importId } = request.params;
      const row = await findImport(pool, shopOf(request), importId);
      if (row === null) return sendNotFound(reply);
      if (!canUndo(row))
        return sendError(reply, 409, 'import.state', 'Only what was run within a month can be undone.');
      await noteAct(desk, request, 'import.undo', { detail: { importId, kind: row.kind } });
      const nothing = { profiles: 0, orders: 0, keptProfiles: 0, keptOrders: 0, bases: 0 };
      const undone = { by: userOf(request).id, reason: request.body.reason.trim(), ...nothing };
      return move(request, reply, importId, ['done', 'stopped'], { state: 'undoing', undone, readBytes: 0 });
    },
  );

  app.post(
    `${one}/delete`,
    { schema: { params: ImportParams, response: { 200: Type.Object({ done: Type.Boolean() }) } } },
    async (request, reply) => {
      const { importId } = request.params;
      const row = await findImport(pool, shopOf(request), importId);
      if (row === null) return sendNotFound(reply);
      if (movingStates.includes(row.state)) return sendError(reply, 409, 'import.state', 'Stop it first.');
      await forgetImport(pool, shopOf(request), importId, now());
      await noteAct(desk, request, 'import.delete', { detail: { importId } });
      return { done: true };
    },
  );

  app.get(
    `${one}/report.csv`,
    {
      schema: {
        params: ImportParams,
        querystring: Type.Object(
          { lang: Type.Optional(Type.String({ maxLength: 2 })) },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const { importId } = request.params;
      const row = await findImport(pool, shopOf(request), importId);
      if (row === null || !hasReport(row)) return sendNotFound(reply);
      await noteAct(desk, request, 'import.report', { detail: { importId } });
      const pieces = readReport(pool, shopOf(request), importId);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="import-${importId}.csv"`)
        .send(Readable.from(reportCsv(pieces, request.query.lang === 'en' ? 'en' : 'fr')));
    },
  );

  app.post(
    '/api/shops/:shopId/import-templates',
    {
      schema: {
        params: ShopParams,
        body: Type.Object({
          kind: ImportKindSchema,
          name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
          setup: ImportSetupBody,
          headers: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 500 })),
        }),
        response: { 200: Type.Object({ done: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { kind, name, setup, headers = null } = request.body;
      // a written reason and a day belong to one file
      const rules = { ...setup.rules, reset: null, asOf: null };
      await keepTemplate(pool, shopOf(request), { kind, name: name.trim(), setup: { ...setup, rules }, headers });
      return { done: true };
    },
  );
}

function setupFault(row: ImportRow): string | null {
  const kind = importKinds.find((known) => known === row.kind);
  const setup = kind === undefined ? 'shape' : readSetup(kind, row.setup as never);
  return typeof setup === 'string' ? setup : null;
}
