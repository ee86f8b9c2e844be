/** Where the program answers. */
import type { FastifyInstance } from 'fastify';
import { StartFault } from '#store/start-fault.ts';
import type { Config } from './config.ts';

/** Rejects with a StartFault when the address cannot be had. */
export async function listen(app: FastifyInstance, config: Config): Promise<void> {
  try {
    await app.listen({ port: config.port, host: config.host });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') {
      throw new StartFault(`Port ${config.port} is taken: stop the program that has it, or set PORT to another one.`);
    }
    if (code === 'EACCES') {
      throw new StartFault(`Port ${config.port} needs more rights than this user has: set PORT to one above 1023.`);
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new StartFault(`HOST ${config.host} is no address of this machine: set HOST to one, or to 0.0.0.0.`);
    }
    throw error;
  }
}
