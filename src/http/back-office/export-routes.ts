import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExportFormat, type ExportKind, exportKinds, exportScope } from '#contract/export-kinds.ts';
import { type ExportFilter, ExportList, ExportRow, exportBody, mostExports } from '#contract/exports.ts';
import { readAsked } from '#contract/kept-export.ts';
import { speak } from '#contract/messages/speak.ts';
import { may } from '#contract/permissions.ts';
import { dayOf } from '#domain/time.ts';
import { createExport, dropExport, type ExportFile, findExport, listExports, readExport } from '#store/export-file.ts';
import { exportFile, exportTypes } from '#views/export/file.ts';
import { isSmall } from '#views/export/size.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, roleOf, ShopParams, sendNotFound, shopOf, strangeDay, userOf } from './desk.ts';
import { noteAct } from './note.ts';

const base = '/api/shops/:shopId/exports';
const one = `${base}/:exportId`;
const ExportParams = Type.Object({
  ...ShopParams.properties,
  exportId: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
});
const mostListed = 50;
/** Up to so many rows, a file is made while it is downloaded. */
const fewRows = 20_000;
const directMs = 3_600_000;
const limited = { rateLimit: { max: 60, timeWindow: 10 * 60_000 } };

/** Files with data of many people: asked for, prepared where they are large, taken away by whoever asked. */
export function exportRoutes(app: DeskApp, desk: Desk): void {
  const { pool, db, keys, now } = desk;

  app.get(base, { schema: { params: ShopParams, response: { 200: ExportList } } }, async (request, reply) => {
    const found = await findShopSettings(db, shopOf(request));
    if (found === null) return sendNotFound(reply);
    const files = await listExports(pool, shopOf(request), userOf(request).id, mostListed);
    return { zone: found.settings.zone, exports: files.map(present) };
  });

  for (const kind of exportKinds) askRoute(kind);

  function askRoute(kind: ExportKind): void {
    app.post(
      `${base}/${kind}`,
      { config: limited, schema: { params: ShopParams, body: exportBody(kind), response: { 200: ExportRow } } },
      async (request, reply) => {
        const { format, lang, filter } = request.body;
        return ask(request, reply, { kind, filter } as ExportFilter, format, lang);
      },
    );
  }

  async function ask(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: ExportFilter,
    format: ExportFormat,
    lang: 'fr' | 'en',
  ): Promise<ExportRow | FastifyReply> {
    const shopId = shopOf(request);
    const role = roleOf(request);
    const scope = exportScope(role, asked.kind);
    if (scope === null) return sendError(reply, 403, 'role.forbidden', 'Your role takes no such file away.');
    const { filter } = asked;
    const strange = strangeDay(filter);
    if (strange !== null) return sendError(reply, 400, 'date.invalid', 'This day does not exist.', strange);
    // Whether an address has ordered is no matter of accounts.
    if (!may(role, 'profiles.see') && 'search' in filter && filter.search?.includes('@'))
      return sendError(reply, 403, 'role.forbidden', 'Your role finds orders by number alone.', 'search');
    const found = await findShopSettings(db, shopId);
    if (found === null) return sendNotFound(reply);
    const { zone } = found.settings;
    const direct = await isSmall(db, shopId, asked, zone, fewRows);
    const fileName = `${speak(lang).say(`exports.file.${asked.kind}`)}-${dayOf(now(), zone)}.${format}`;
    const expiresAt = direct ? now() + directMs : null;
    const askedBy = userOf(request).id;
    const made = { shopId, kind: asked.kind, format, lang, scope, filter, fileName, askedBy, expiresAt };
    const file = await createExport(pool, made, mostExports, now());
    if (file === null)
      return sendError(reply, 409, 'export.too_many', `${mostExports} files wait or lie ready: delete some first.`);
    await noteAct(desk, request, 'data.export', {
      detail: { of: asked.kind, format, narrowed: Object.keys(filter), scope },
    });
    return present(file);
  }

  /** A file the reader asked for and may still take away; else what is answered instead. */
  async function take(request: FastifyRequest, reply: FastifyReply, id: string): Promise<ExportFile | FastifyReply> {
    const file = await findExport(pool, shopOf(request), id);
    if (file === null || file.askedBy !== userOf(request).id) return sendNotFound(reply);
    const kind = exportKinds.find((known) => known === file.kind);
    // a role may have changed since
    if (kind === undefined || exportScope(roleOf(request), kind) !== file.scope)
      return sendError(reply, 403, 'role.forbidden', 'Your role takes no such file away any more.');
    if (file.state === 'expired' || (file.expiresAt !== null && file.expiresAt <= now()))
      return sendError(reply, 410, 'export.expired', 'This link is over. Ask for the file again.');
    if (file.state === 'withdrawn')
      return sendError(reply, 410, 'export.withdrawn', 'A person was erased since. Ask for the file again.');
    if (file.state !== 'ready' && file.state !== 'direct')
      return sendError(reply, 409, 'export.not_ready', 'This file is not ready.');
    return file;
  }

  app.get(`${one}/file`, { schema: { params: ExportParams } }, async (request, reply) => {
    const file = await take(request, reply, request.params.exportId);
    if (!('askedBy' in file)) return file;
    const asked = readAsked(file);
    if (asked === null) return sendNotFound(reply);
    await noteAct(desk, request, 'data.download', { detail: { of: file.kind, format: file.format } });
    reply.type(exportTypes[asked.format]).header('content-disposition', `attachment; filename="${file.fileName}"`);
    if (file.state === 'direct')
      return reply.send(Readable.from(await exportFile({ db, keys }, { shop: file.shopId, ...asked })));
    return reply.header('content-length', file.bytes).send(Readable.from(readExport(pool, file)));
  });

  app.post(
    `${one}/delete`,
    { schema: { params: ExportParams, response: { 200: Type.Object({ done: Type.Boolean() }) } } },
    async (request, reply) => {
      const { exportId } = request.params;
      const done = await dropExport(pool, shopOf(request), exportId, userOf(request).id);
      return done ? { done } : sendNotFound(reply);
    },
  );
}

function present(file: ExportFile): ExportRow {
  const { id, state, fileName, rows, bytes, createdAt, readyAt, expiresAt } = file;
  const { kind, format } = file as Pick<ExportRow, 'kind' | 'format'>;
  return { id, kind, format, state, fileName, rows, bytes, createdAt, readyAt, expiresAt };
}
