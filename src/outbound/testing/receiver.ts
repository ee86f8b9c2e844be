/** For tests: a real HTTP server that does as told and keeps what it got. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Number of its request since the start, from 1. */
  readonly n: number;
}

export type Behaviour = (request: Received, response: ServerResponse) => void;

export class Receiver {
  readonly url: string;
  readonly port: number;
  readonly got: Received[] = [];
  behave: Behaviour;
  readonly #server: ReturnType<typeof createServer>;
  #waiting: (() => void)[] = [];

  private constructor(server: ReturnType<typeof createServer>, host: string, behave: Behaviour) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://${host}:${this.port}`;
    this.behave = behave;
  }

  static async open(
    behave: Behaviour = (_request, response) => response.end('ok'),
    host = '127.0.0.1',
    port = 0,
  ): Promise<Receiver> {
    const server = createServer((request, response) => void receiver.#take(request, response));
    server.listen(port, host);
    await once(server, 'listening');
    const receiver = new Receiver(server, host, behave);
    return receiver;
  }

  /** Resolves when it has got so many requests in all. */
  async count(n: number): Promise<void> {
    while (this.got.length < n) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      n: this.got.length + 1,
    };
    this.got.push(received);
    this.behave(received, response);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
