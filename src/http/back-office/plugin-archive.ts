/** The plugins of `plugins/`, packed for a shop: what is served is what the program started with. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZipEntry } from '../zip.ts';

export const pluginPlatforms = ['woocommerce', 'prestashop'] as const;
export type PluginPlatform = (typeof pluginPlatforms)[number];

/** Name of the archive, and the folder its platform wants to find inside. */
const folders: Readonly<Record<PluginPlatform, string>> = {
  woocommerce: 'spread-tracker',
  prestashop: 'spreadtracker',
};

/** What a plugin's settings start with; nothing secret. Empty: the merchant pastes it. */
export interface PluginShop {
  readonly deliveryUrl: string;
  readonly publicKey: string;
}

export type PluginFiles = Readonly<Record<PluginPlatform, readonly ZipEntry[]>>;

/** `folder`: where `woocommerce/`, `prestashop/` and `shared/` lie. */
export async function readPlugins(folder: string): Promise<PluginFiles> {
  const shared = await readFiles(join(folder, 'shared'), 'shared/');
  const read = async (platform: PluginPlatform) => [...(await readFiles(join(folder, platform), '')), ...shared];
  return { woocommerce: await read('woocommerce'), prestashop: await read('prestashop') };
}

/** The archive's entries for this shop. */
export function pluginEntries(files: PluginFiles, platform: PluginPlatform, shop: PluginShop): ZipEntry[] {
  const { deliveryUrl, publicKey } = shop;
  const text = `<?php\n\nreturn ['url' => ${phpText(deliveryUrl)}, 'public_key' => ${phpText(publicKey)}];\n`;
  const own: ZipEntry = { name: 'shop.php', text };
  return [...files[platform], own].map(({ name, text: content }) => ({
    name: `${folders[platform]}/${name}`,
    text: content,
  }));
}

export function pluginName(platform: PluginPlatform): string {
  return `${folders[platform]}.zip`;
}

function phpText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

async function readFiles(folder: string, prefix: string): Promise<ZipEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Promise.all(
    paths.sort().map(async (path) => ({
      name: prefix + path.slice(folder.length + 1).replaceAll('\\', '/'),
      text: await readFile(path, 'utf8'),
    })),
  );
}
