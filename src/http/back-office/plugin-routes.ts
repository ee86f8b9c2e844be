import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import type { ShopId } from '#domain/ids.ts';
import { findPluginShop } from '#views/plugin-shop.ts';
import { zip } from '../zip.ts';
import { addressOf, type Desk, type DeskApp, ShopParams, shopOf } from './desk.ts';
import { type PluginFiles, type PluginPlatform, pluginEntries, pluginName, pluginPlatforms } from './plugin-archive.ts';

export const PluginParam = Type.Union(pluginPlatforms.map((platform) => Type.Literal(platform)));

/** The archives of our plugins, filled in with the shop's public key and the address its deliveries go to. */
export function pluginRoutes(app: DeskApp, desk: Desk, files: PluginFiles): void {
  app.get(
    '/api/shops/:shopId/plugins/:platform',
    { schema: { params: Type.Object({ ...ShopParams.properties, platform: PluginParam }) } },
    (request, reply) =>
      sendPlugin(desk, files, reply, {
        shop: shopOf(request),
        platform: request.params.platform,
        collectorUrl: addressOf(desk, request),
      }),
  );
}

/** Asks for nothing: whoever calls it has seen to that. */
export async function sendPlugin(
  desk: Desk,
  files: PluginFiles,
  reply: FastifyReply,
  asked: { readonly shop: ShopId; readonly platform: PluginPlatform; readonly collectorUrl: string },
): Promise<FastifyReply> {
  const { publicKey, source } = await findPluginShop(desk.db, asked.shop, asked.platform);
  const deliveryUrl = source === null ? '' : `${new URL(asked.collectorUrl).origin}/ingest/${source}`;
  const archive = zip(pluginEntries(files, asked.platform, { deliveryUrl, publicKey }), desk.now());
  return reply
    .type('application/zip')
    .header('content-disposition', `attachment; filename="${pluginName(asked.platform)}"`)
    .send(archive);
}
