import type { FastifyRequest } from 'fastify';

type Done = (error: Error | null, body?: unknown) => void;
type Parse = (request: FastifyRequest, body: string, done: Done) => void;

class UnstorableText extends Error {
  readonly statusCode = 400;
}

/** `parse`, but a text that no table can hold (NUL, half a character; only JSON's escapes can say it) is refused, in names too. */
export function storableJson(parse: Parse): Parse {
  return (request, body, done) =>
    parse(request, body, (error, value) => {
      if (error !== null || !body.includes('\\u') || isStorable(value)) done(error, value);
      else done(new UnstorableText('a text holds NUL or half a character'));
    });
}

/** Without recursion: a body may be as deep as it is long. */
function isStorable(value: unknown): boolean {
  const waiting: unknown[] = [value];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (typeof one === 'string' && (one.includes('\0') || !one.isWellFormed())) return false;
    if (typeof one === 'object' && one !== null) waiting.push(...Object.keys(one), ...Object.values(one));
  }
  return true;
}
