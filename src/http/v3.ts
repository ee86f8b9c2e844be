import type { FastifyInstance } from 'fastify';
import type { Doors } from './doors.ts';
import { keyedRoute, recordCall } from './keyed-call.ts';
import { parameter } from './v2.ts';

/**
 * `POST /api/v3/automations/trigger|stop/{techName}` (legacy wire §3b): form bodies behind Basic. Answered like v1: 400 and 422 for what
 * was recorded and cannot mean anything.
 */
export function v3Routes(app: FastifyInstance, doors: Doors): void {
  for (const call of ['trigger', 'stop'] as const) {
    app.route({
      ...keyedRoute(doors),
      method: 'POST',
      url: `/api/v3/automations/${call}/:techName`,
      handler: async (request, reply) => {
        const name = encodeURIComponent(parameter(request, 'techName').toWellFormed());
        // Ours comes last: of two fields of one name the last stands.
        const raw = (body: Uint8Array) =>
          Buffer.concat([body, Buffer.from(`${body.byteLength === 0 ? '' : '&'}techName=${name}`)]);
        const seq = await recordCall(doors, request, reply, { format: `v3/${call}`, source: { kind: 'server' }, raw });
        if (seq === null) return reply;
        return reply
          .type('application/json')
          .header('cache-control', 'no-store')
          .send(JSON.stringify({ recorded: seq.toString() }));
      },
    });
  }
}
