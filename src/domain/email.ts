/**
 * The one normal form of an e-mail: trimmed, lower-cased, NFC, nothing provider-specific (rules §2.1).
 * Null when it cannot be an address; the spelling received is kept beside it.
 */
export function emailNormal(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > 254 || !shape.test(trimmed)) return null;
  return trimmed.normalize('NFC').toLowerCase();
}

// Deliberately loose: a shop that sold to an address knows better than a grammar.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out
const shape = /^[^\s@<>"\u0000-\u001f\u007f]{1,64}@[^\s@<>"\u0000-\u001f\u007f]{1,253}$/;
