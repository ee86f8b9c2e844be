/** Whether bytes that nobody could read hold one of some texts, however they were written down. */

/** Looks for plain text in any case, percent-encoded, JSON-escaped, and as base64 of both alphabets. Texts of less than 6 characters are not looked for. */
export function byteSearch(texts: readonly string[]): (bytes: Uint8Array) => boolean {
  const wanted = texts.filter((text) => text.length >= 6);
  const plain = wanted.map((text) => text.toLowerCase());
  const encoded = wanted.flatMap(base64Cores);
  return (bytes) => {
    const text = Buffer.from(bytes).toString('utf8');
    const read = unescaped(text).toLowerCase();
    if (plain.some((one) => read.includes(one))) return true;
    const sameAlphabet = text
      .replaceAll('-', '+')
      .replaceAll('_', '/')
      .replace(/%2[bB]/g, '+')
      .replace(/%2[fF]/g, '/');
    return encoded.some((one) => sameAlphabet.includes(one));
  };
}

/** Twice, because what is escaped may have been escaped before. */
function unescaped(text: string): string {
  let read = text;
  for (let round = 0; round < 2; round++) {
    read = read
      .replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll('\\/', '/')
      .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
  }
  return `${read} ${read.replaceAll('+', ' ')}`;
}

/** What base64 makes of a text at each of the three places it may begin at, less the signs its neighbours share. */
function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return whole.slice(first, last);
  });
}
