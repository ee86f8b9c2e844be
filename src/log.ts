/** One structured logger, on stderr: event names and ids, never a person's data. stdout is for people. */
import { destination, type Logger, pino } from 'pino';

/** Names of values that must never be printed, wherever they appear. */
const secret = ['password', 'token', 'authorization', 'cookie', 'email', 'url', 'query', 'headers', 'body', 'ip'];

export function openLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      // Not `err`: pino would copy the bare message of what stands there.
      errorKey: 'thrown',
      redact: { paths: [...secret, ...secret.map((name) => `*.${name}`)], censor: '[kept out]' },
      serializers: { err: describeError },
    },
    destination({ fd: 2, sync: true }),
  );
}

/** A database error repeats values in `detail` and `where`: only what names the place stays. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  return { type: error.name, code, message: withoutValues(error.message), stack: placesOf(error) };
}

/** Messages quote what they complain about. */
function withoutValues(message: string): string {
  return message.replace(/"[^"]*"|'[^']*'|\S+@\S+/g, '…').slice(0, 300);
}

function placesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return lines.slice(0, 8).join('\n');
}
