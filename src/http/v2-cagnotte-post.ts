import type { FastifyInstance } from 'fastify';
import type { Doors } from './doors.ts';
import { keyedRoute, recordCall } from './keyed-call.ts';

/** `POST /api/v2/cagnottes/` (legacy wire §3): no purse is kept here, so the call is recorded and answered 422 with its reason. */
export function v2CagnottePost(app: FastifyInstance, doors: Doors): void {
  app.route({
    ...keyedRoute(doors),
    method: 'POST',
    url: '/api/v2/cagnottes',
    handler: async (request, reply) => {
      await recordCall(doors, request, reply, { format: 'v2/cagnottes', source: { kind: 'api' }, raw: (body) => body });
      return reply;
    },
  });
}
