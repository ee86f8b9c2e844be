/** Bytes to text: UTF-8, or what an old shop meant by Latin-1. */

/** The platform's decoder; the only thing a wire takes from it. */
declare const TextDecoder: new (label: 'utf-8', options: { fatal: true }) => { decode(bytes: Uint8Array): string };
const decoder = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 text, or null when the bytes are none. */
export function utf8(raw: Uint8Array): string | null {
  try {
    return decoder.decode(raw);
  } catch {
    return null;
  }
}

/** A form's text: UTF-8, else one character a byte. */
export function formBytes(raw: Uint8Array): string {
  return utf8(raw) ?? latin1(raw);
}

/** One key or value of a form: `+` and `%XX` undone; NUL, which no table can hold, is left out. */
export function formText(part: string): string {
  if (!encoded.test(part)) return part;
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  const text = unescaped(spaced);
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

/** The first characters of a text, never half of one: a lone surrogate is what no table can hold. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

const encoded = /[%+\0]/;
const escapes = /%([0-9a-fA-F]{2})/g;

function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // escapes that are no UTF-8 (Latin-1), or a lone %: one character each
    return text.replace(escapes, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
}

function latin1(raw: Uint8Array): string {
  let text = '';
  for (let start = 0; start < raw.length; start += 8192)
    text += String.fromCharCode(...raw.subarray(start, start + 8192));
  return text;
}
