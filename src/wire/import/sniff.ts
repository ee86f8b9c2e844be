/** What a file's first bytes tell of how it is written; the merchant may correct every answer. */

export const encodings = ['utf-8', 'windows-1252', 'iso-8859-15', 'macintosh', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof encodings)[number];

export const separators = [';', ',', '\t', '|'] as const;
export type Separator = (typeof separators)[number];

// Every runtime we run in has it; the room's types know only the language.
declare const TextDecoder: new (label: Encoding) => { decode(bytes: Uint8Array): string };

/** By its mark, by its zeros, else UTF-8 where most other than ASCII can be that. `cut`: the bytes are a beginning, the last character may be half. */
export function sniffEncoding(bytes: Uint8Array, cut: boolean): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const sample = Math.min(bytes.length, 4096);
  for (let at = 0; at < sample; at++) if (bytes[at] === 0) zeros[at % 2 === 0 ? 0 : 1] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > sample / 5 && even < odd / 10) return 'utf-16le';
  if (even > sample / 5 && odd < even / 10) return 'utf-16be';
  const { good, bad } = utf8Characters(bytes, cut);
  if (good >= bad) return 'utf-8';
  return isMacintosh(bytes) ? 'macintosh' : 'windows-1252';
}

/** Old Excel on a Mac: é, è, à, ç stand where Windows has control signs and quotes. */
function isMacintosh(bytes: Uint8Array): boolean {
  let mac = 0;
  let windows = 0;
  for (const byte of bytes) {
    if (byte === 0x8e || byte === 0x8f || byte === 0x88 || byte === 0x8d || byte === 0x90) mac++;
    if (byte >= 0xc0) windows++;
  }
  return mac > 0 && windows === 0;
}

/** Characters of several bytes that must be UTF-8, and bytes that are part of none. */
function utf8Characters(bytes: Uint8Array, cut: boolean): { readonly good: number; readonly bad: number } {
  let good = 0;
  let bad = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    const more = byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    let step = 1;
    while (step <= more && isContinuation(bytes[at + step])) step++;
    if (more > 0 && step > more) good += mayEndWord(byte) ? 0 : 1;
    else if (!(cut && more > 0 && at + step === bytes.length)) bad++;
    at += step - 1;
  }
  return { good, bad };
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

/** Finds rows of UTF-8 in a file of an encoding with a byte for each character: `Ã©` where somebody wrote é. */
export function misreadFinder(encoding: Encoding): (cells: readonly string[]) => boolean {
  if (encoding.startsWith('utf')) return () => false;
  const byteOf = new Map<string, number>();
  const decoder = new TextDecoder(encoding);
  for (let byte = 0x80; byte < 0x100; byte++) byteOf.set(decoder.decode(Uint8Array.of(byte)), byte);
  return (cells) => {
    const strange = cells.join(' ').match(/[^\0-\x7f]+/g);
    if (strange === null) return false;
    const runs = strange.map((text) => Uint8Array.from(text, (character) => byteOf.get(character) ?? 0xff));
    return runs.every((bytes) => utf8Characters(bytes, false).bad === 0 && !bytes.some(mayEndWord));
  };
}

/** É, È, Ê, Ù… of words in capitals, before a no-break space or a closing quote, look like UTF-8 of letters that nobody here writes. */
function mayEndWord(byte: number): boolean {
  return (byte >= 0xc6 && byte < 0xce) || (byte >= 0xd2 && byte < 0xe0);
}

/** The one that cuts the first lines into most and equally many cells; `;` when none does. */
export function sniffSeparator(text: string): Separator {
  const lines = firstLines(text, 20);
  let best: { readonly separator: Separator; readonly score: number } = { separator: ';', score: 0 };
  for (const separator of separators) {
    const counts = lines.map((line) => cellsOutsideQuotes(line, separator));
    const most = Math.max(...counts, 0);
    const same = counts.filter((count) => count === counts[0]).length;
    const score = most === 0 ? 0 : (same / counts.length) * 1000 + Math.min(counts[0] ?? 0, 100);
    if ((counts[0] ?? 0) > 0 && score > best.score) best = { separator, score };
  }
  return best.separator;
}

/** Whole lines, a line break inside quotes belonging to its cell. */
function firstLines(text: string, most: number): string[] {
  const lines: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length && lines.length < most; at++) {
    const sign = text[at];
    if (sign === '"') quoted = !quoted;
    if (quoted || (sign !== '\n' && sign !== '\r')) continue;
    if (at > start) lines.push(text.slice(start, at));
    start = at + 1;
  }
  if (lines.length === 0 && text.length > 0) lines.push(text);
  return lines.filter((line) => line.trim() !== '');
}

function cellsOutsideQuotes(line: string, separator: string): number {
  let quoted = false;
  let count = 0;
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    else if (sign === separator && !quoted) count++;
  }
  return count;
}

/** A first row is a header when no cell of it looks like a value: no address, no number, no date, none empty in the middle. */
export function looksLikeHeader(row: readonly string[]): boolean {
  const cells = row.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return cells.length > 0 && !cells.some((cell) => /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[-+]?[\d\s.,/:-]+[€$£%]?$/.test(cell));
}

/** The mark before the cents in amounts of a column; null when nothing tells. */
export function sniffDecimal(amounts: readonly string[]): 'comma' | 'point' | null {
  let comma = 0;
  let point = 0;
  for (const amount of amounts) {
    const match = /([.,])\d{1,2}\D*$/.exec(amount.trim());
    if (match?.[1] === ',') comma++;
    if (match?.[1] === '.') point++;
  }
  if (comma === point) return null;
  return comma > point ? 'comma' : 'point';
}
