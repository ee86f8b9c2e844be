/** The scripts of shops' pages: `/js/sb-tracker.js` (the published address, legacy wire §1), `/js/tracker.js`, and what they load. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { ScriptArchive } from './released-scripts.ts';

/** `<name>.js`, `<name>.<hash of its content>.js`, `<name>.d.ts`, and the manifest that tells versions and integrity values. */
const names = /^([a-z-]+)(\.[0-9a-f]{12})?(\.js|\.d\.ts|\.json)$/;
const asLongAs = {
  version: 'public, max-age=31536000, immutable',
  stable: 'public, max-age=3600',
  unknown: 'public, max-age=60',
};

/**
 * `folder`: where src/tracker/build.ts put the scripts. Nothing is served when it was not built. A stable address is asked again after
 * an hour, a versioned one never. The version of another release comes from the archive, byte for byte; one that nobody knows is
 * answered with this release's script, so that a page that pins no integrity value keeps working.
 */
export async function trackerFiles(
  app: FastifyInstance,
  options: { readonly folder: string; readonly archive: ScriptArchive },
): Promise<void> {
  const { folder, archive } = options;
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
  app.addHook('onReady', async () => archive.start());
  app.addHook('onClose', () => archive.stop());
  app.get<{ Params: { file: string } }>('/js/:file', async (request, reply) => {
    const { file } = request.params;
    const [, name = '', version, ending = ''] = names.exec(file) ?? [];
    if (name === '') return reply.callNotFound();
    reply.headers({
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    if (existsSync(join(folder, file))) {
      return reply.header('cache-control', version === undefined ? asLongAs.stable : asLongAs.version).sendFile(file);
    }
    const old = version === undefined ? null : await archive.find(file, String(request.headers['accept-encoding']));
    if (old === null) {
      return reply
        .header('cache-control', version === undefined ? asLongAs.stable : asLongAs.unknown)
        .sendFile(`${name}${ending}`);
    }
    if (old.encoding !== null) reply.header('content-encoding', old.encoding);
    return reply
      .headers({ 'cache-control': asLongAs.version, vary: 'accept-encoding' })
      .type('text/javascript; charset=utf-8')
      .send(old.body);
  });
}
