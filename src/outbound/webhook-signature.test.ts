import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { newSecret } from '#store/webhook-endpoint.ts';
import { phpPath } from '../../checks/programs.ts';
import { verifies } from './testing/verify-signature.ts';
import { signMessage } from './webhook-signature.ts';

/** The example of the specification's reference libraries. */
test('signs as the specification does', () => {
  const headers = signMessage(
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330_000,
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each secret of an overlap verifies, another does not, nor a changed body', () => {
  const [fresh, old] = [newSecret(), newSecret()];
  const body = '{"é":1}';
  const headers = { ...signMessage([fresh, old], 'msg_1', Date.now(), body) };
  expect(verifies({ headers, body }, fresh)).toBe(true);
  expect(verifies({ headers, body }, old)).toBe(true);
  expect(verifies({ headers, body }, newSecret())).toBe(false);
  expect(verifies({ headers, body: '{"é":2}' }, fresh)).toBe(false);
});

test('the code that docs/wire/webhooks.md shows verifies our messages, in JavaScript and in PHP', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/wire/webhooks.md'), 'utf8');
  const code = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
  const secret = newSecret();
  const body = '{"é":1}';
  const headers = { ...signMessage([newSecret(), secret], 'msg_1', Date.now(), body) };
  const script = `${code('js')}
    const [headers, body, secret] = ${JSON.stringify([headers, body, secret])};
    process.stdout.write(JSON.stringify([verify(headers, body, secret), verify(headers, body + ' ', secret)]));`;
  const run = promisify(execFile);
  const inNode = await run(process.execPath, ['--input-type=module', '-e', script]);
  expect(inNode.stdout).toBe('[true,false]');
  const php = `$_SERVER['HTTP_WEBHOOK_ID'] = $argv[1]; $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] = $argv[2];
    $_SERVER['HTTP_WEBHOOK_SIGNATURE'] = $argv[3];
    ${code('php')}
    echo json_encode([verify($argv[4], $argv[5]), verify($argv[4] . ' ', $argv[5])]);`;
  const given = [headers['webhook-id'], headers['webhook-timestamp'], headers['webhook-signature'], body, secret];
  const inPhp = await run(phpPath(), ['-r', php, ...given]);
  expect(inPhp.stdout).toBe('[true,false]');
});
