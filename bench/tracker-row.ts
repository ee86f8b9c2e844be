/** Row "tracker": bytes of script that a default page transfers up to its first order. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { atMost, type Figure, type Row } from './figures.ts';

const built = new URL('../dist/tracker/', import.meta.url);

const targets = [
  { file: 'tracker.js', what: 'modern, brotli', must: 2_600, aim: 1_950 },
  { file: 'sb-tracker.js', what: 'legacy drop-in, brotli', must: 3_300, aim: null },
] as const;

export const trackerRow: Row = {
  name: 'tracker',
  title: 'The tracker script (as `npm run build` made it)',
  references:
    "Umami 1,963 B and Plausible 2,271 B (no queue, no consent, no orders) · Snowplow 15,642 B (with a queue) · SPREAD's own 84,925 B",
  async measure(): Promise<readonly Figure[]> {
    return targets.map(({ file, what, must, aim }) => ({
      what,
      measured: brotliBytes(readFileSync(new URL(file, built))),
      unit: 'B',
      must: atMost(must),
      aim,
    }));
  },
};

function brotliBytes(script: Buffer): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: script.length };
  return brotliCompressSync(script, { params }).length;
}
