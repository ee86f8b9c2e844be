/** The tracker as shops' pages load it: `/js/sb-tracker.js`, the address of the published snippet (legacy wire §1). */
import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** `folder`: where src/tracker/build.ts put the scripts. Nothing is served when it was not built. */
export async function trackerFiles(app: FastifyInstance, options: { readonly folder: string }): Promise<void> {
  if (!existsSync(options.folder)) return;
  await app.register(fastifyStatic, {
    root: options.folder,
    prefix: '/js/',
    index: false,
    decorateReply: false,
    preCompressed: true,
    maxAge: '1h',
    setHeaders: (reply) => {
      reply.header('cross-origin-resource-policy', 'cross-origin');
      reply.header('access-control-allow-origin', '*');
      reply.header('x-content-type-options', 'nosniff');
    },
  });
}
