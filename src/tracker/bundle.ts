/** One script of the pages from its sources: bundled, in the syntax of 2018, as small as it goes. */
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

/** The scripts that pages may load, by the name of their source. */
export const trackerScripts = ['tracker', 'sb-tracker', 'banners', 'datalayer', 'pages', 'debug'] as const;

/** Names that neither the page nor the wire knows: shortened. */
const ownNames = /^(handOver|send|most|may|add|flush|leave|clear|config|tell|queue)$/;

export function brotliOf(code: Buffer): Buffer {
  return brotliCompressSync(code);
}

export async function bundleScript(name: string): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    write: false,
    bundle: true,
    minifySyntax: true,
    mangleProps: ownNames,
    target: 'es2018',
    format: 'iife',
    charset: 'utf8',
    logLevel: 'warning',
    legalComments: 'none',
  });
  const { code } = await minify(outputFiles[0]?.text ?? '', {
    ecma: 2018,
    // Strict as they are: the word for it is left out.
    module: true,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, hoist_funs: true },
    mangle: { toplevel: true },
    format: { comments: false },
  });
  return Buffer.from(code ?? '');
}
