import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import { ContactAnswers, ContactQuestion, ObjectionList, ObjectionsAnswer, ObjectionsBody } from '#contract/contact.ts';
import { csvCell } from '#contract/csv.ts';
import { answerContact } from '#views/may-contact.ts';
import { exportObjections, listObjections, type ObjectionPlace } from '#views/objection-list.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { isSpooling, stateObjections } from '../objections.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';

/** As a page's `next` says. */
const ObjectionsAfter = Type.String({ pattern: '^\\d{1,15}\\.[0-9a-f]{2,128}\\.[a-z]{1,20}$' });

function placeOf(after: string | undefined): ObjectionPlace | null {
  if (after === undefined) return null;
  const [since, hash = '', channel = ''] = after.split('.');
  return { since: Number(since), hash, channel };
}

/** The objection list, and the guard a sender asks (rules §4, §7). */
export function contactRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/objections',
    {
      schema: {
        params: ShopParams,
        querystring: Type.Object({ after: Type.Optional(ObjectionsAfter) }, { additionalProperties: false }),
        response: { 200: ObjectionList },
      },
    },
    async (request, reply) =>
      (await listObjections(desk.db, shopOf(request), placeOf(request.query.after))) ?? sendNotFound(reply),
  );

  app.get('/api/shops/:shopId/objections.csv', { schema: { params: ShopParams } }, async (request, reply) => {
    await noteAct(desk, request, 'objection.export');
    const rows = exportObjections(desk.db, desk.keys, shopOf(request));
    async function* lines(): AsyncGenerator<string> {
      yield '\ufeffaddress,channel,since,cause\r\n';
      for await (const batch of rows) {
        for (const { address, channel, since, cause } of batch)
          yield `${csvCell(address)},${channel},${since.toISOString()},${cause}\r\n`;
      }
    }
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="objections.csv"')
      .send(Readable.from(lines()));
  });

  app.post(
    '/api/shops/:shopId/objections',
    {
      schema: { params: ShopParams, body: ObjectionsBody, response: { 200: ObjectionsAnswer, 202: ObjectionsAnswer } },
    },
    async (request, reply) => {
      const shopId = shopOf(request);
      const found = await findShopSettings(desk.db, shopId);
      if (found === null) return sendNotFound(reply);
      const { engine, settler, settleMs, now } = desk;
      const parts = { engine, settler, settleMs, now, settings: found.settings };
      const who = { shopId, source: { kind: 'staff', userId: userOf(request).id }, test: false } as const;
      const answer = await stateObjections(parts, who, request.body.objections);
      const { recorded } = answer;
      if (recorded > 0 || answer.pending) await noteAct(desk, request, 'objection.add', { detail: { recorded } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );

  app.post(
    '/api/shops/:shopId/may-contact',
    { schema: { params: ShopParams, body: ContactQuestion, response: { 200: ContactAnswers } } },
    async (request, reply) => {
      const shop = shopOf(request);
      const found = await findShopSettings(desk.db, shop);
      if (found === null) return sendNotFound(reply);
      const { pool, keys, engine } = desk;
      const at = desk.now();
      const guard = { pool, keys, settings: found.settings, now: at, spooling: isSpooling(engine) };
      return { at, answers: await answerContact(guard, shop, request.body) };
    },
  );
}
