import { Type } from '@sinclair/typebox';
import { InstanceRetentionBody, RetentionRows } from '#contract/retention.ts';
import { isInstanceRetention } from '#domain/retention.ts';
import { appendAudit } from '#store/audit.ts';
import { inTransaction } from '#store/db.ts';
import { mergeInstanceValue, retentionKey } from '#store/instance.ts';
import { findInstanceRetentionPage } from '#views/retention.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, userOf } from './desk.ts';

const place = '/api/instance/retention';

/** How long the whole installation keeps bytes as they came, and what people did: with what each period would take tonight before it is saved. */
export function instanceRetentionRoutes(app: DeskApp, { pool, now }: Desk): void {
  app.get(place, { schema: { response: { 200: RetentionRows } } }, () => findInstanceRetentionPage(pool, {}, now()));

  app.post(
    `${place}/preview`,
    { schema: { body: InstanceRetentionBody, response: { 200: RetentionRows } } },
    async (request, reply) =>
      isInstanceRetention(request.body) ? findInstanceRetentionPage(pool, request.body, now()) : sendOutside(reply),
  );

  app.post(
    place,
    { schema: { body: InstanceRetentionBody, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const asked = request.body;
      if (!isInstanceRetention(asked)) return sendOutside(reply);
      await inTransaction(pool, async (client) => {
        await mergeInstanceValue(client, retentionKey, asked);
        const detail = { changed: Object.keys(asked) };
        const userId = userOf(request).id;
        await appendAudit(client, { shopId: null, userId, at: now(), action: 'instance.retention', detail });
      });
      return reply.code(204).send(null);
    },
  );
}

function sendOutside(reply: Parameters<typeof sendError>[0]) {
  return sendError(reply, 400, 'retention.outside', 'A period is outside the limits that the page names.');
}
