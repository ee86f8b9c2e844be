import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

/** No browser and no curl writes calls behind one another without reading; a proxy that does stays far below. */
const mostAtOnce = 50;

/** Calls of one connection whose answers nobody has read hold memory each: a connection with too many is closed. */
export function limitPipelining(app: FastifyInstance, metrics: Metrics): void {
  const open = new WeakMap<Socket, number>();
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const unanswered = (open.get(socket) ?? 0) + 1;
    open.set(socket, unanswered);
    if (unanswered <= mostAtOnce) return done();
    // The parser goes on with what it has read already.
    if (!socket.destroyed) metrics.refused('pipelined', 'all');
    reply.hijack();
    socket.destroy();
  });
  app.addHook('onResponse', ({ raw: { socket } }, _reply, done) => {
    open.set(socket, (open.get(socket) ?? 1) - 1);
    done();
  });
}
