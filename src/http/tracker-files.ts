/** The scripts of shops' pages: `/js/sb-tracker.js` (the published address, legacy wire §1), `/js/tracker.js`, and what they load. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** `<name>.js`, `<name>.<hash of its content>.js`, `<name>.d.ts`, and the manifest that tells versions and integrity values. */
const names = /^([a-z-]+)(\.[0-9a-f]{12})?(\.js|\.d\.ts|\.json)$/;
const asLongAs = { version: 'public, max-age=31536000, immutable', stable: 'public, max-age=3600' };

/**
 * `folder`: where src/tracker/build.ts put the scripts. Nothing is served when it was not built. A stable address is asked again after
 * an hour, a versioned one never. The version of another release is answered with this one's script, so that pages without an integrity
 * value keep working.
 */
export async function trackerFiles(app: FastifyInstance, options: { readonly folder: string }): Promise<void> {
  const { folder } = options;
  if (!existsSync(folder)) return;
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    // A declaration is text for people and their editors, not a video.
    setHeaders: (reply, path) => {
      if (path.endsWith('.d.ts')) reply.header('content-type', 'text/plain; charset=utf-8');
    },
  });
  app.get<{ Params: { file: string } }>('/js/:file', (request, reply) => {
    const { file } = request.params;
    const [, name = '', version, ending = ''] = names.exec(file) ?? [];
    if (name === '') return reply.callNotFound();
    const isHere = existsSync(join(folder, file));
    reply.headers({
      'cache-control': version !== undefined && isHere ? asLongAs.version : asLongAs.stable,
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    return reply.sendFile(isHere ? file : `${name}${ending}`);
  });
}
