/** Bytes to text without a platform: UTF-8, or what an old shop meant by Latin-1. */

/** One character a byte. */
export function latin1(raw: Uint8Array): string {
  let text = '';
  for (let start = 0; start < raw.length; start += 8192) {
    text += String.fromCharCode(...raw.subarray(start, start + 8192));
  }
  return text;
}

/** UTF-8 text, or null when the bytes are none. */
export function utf8(raw: Uint8Array): string | null {
  return fromUtf8(latin1(raw));
}

/** Reads characters that stand for bytes as UTF-8; null when they are none. */
export function fromUtf8(bytes: string): string | null {
  if (!nonAscii.test(bytes)) return bytes;
  try {
    return decodeURIComponent(bytes.replace(escapable, escapeByte));
  } catch {
    return null;
  }
}

/** One key or value of a form: `+` and `%XX` undone, UTF-8 or else Latin-1; NUL, which no table can hold, is left out. */
export function formText(part: string): string {
  if (!encoded.test(part)) return part;
  const spaced = part.replaceAll('+', ' ');
  if (!nonAscii.test(spaced)) {
    try {
      return decodeURIComponent(spaced).replaceAll('\0', '');
    } catch {
      // escapes that are no UTF-8, or no escapes: read byte by byte below
    }
  }
  const bytes = spaced.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return (fromUtf8(bytes) ?? bytes).replaceAll('\0', '');
}

const encoded = /[%+\0\u0080-\u00ff]/;
const escaped = /%([0-9a-fA-F]{2})/g;
const nonAscii = /[\u0080-\u00ff]/;
const escapable = /[%\u0080-\u00ff]/g;

function escapeByte(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
