import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Who still writes after so long, or so much, does not want to read the answer. */
const longestMs = 10_000;
const mostBytes = 16 * 1024 * 1024;

/**
 * A caller refused in the middle of its body gets to read why. A socket closed with bytes unread resets the connection, and the answer is
 * lost on the way: only our half is closed, and what still comes is thrown away until the caller closes its own (RFC 9112 §9.6).
 */
export function lingerOnRefusal(app: FastifyInstance): void {
  const last = new WeakMap<Socket, IncomingMessage>();
  app.server.on('request', (request) => last.set(request.socket, request));
  app.server.on('connection', (socket: Socket) => {
    const close = socket.destroySoon;
    // What the HTTP server calls once an answer that ends the connection is written.
    socket.destroySoon = () => {
      if (last.get(socket)?.complete === false) linger(socket);
      else close.call(socket);
    };
  });
}

function linger(socket: Socket): void {
  let bytes = 0;
  const late = setTimeout(() => socket.destroy(), longestMs);
  socket.once('close', () => clearTimeout(late));
  // The HTTP parser is not to see more of it.
  socket.removeAllListeners('data');
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > mostBytes) socket.destroy();
  });
  socket.end();
  socket.resume();
}
