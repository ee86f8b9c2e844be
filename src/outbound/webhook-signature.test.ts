import { expect, test } from 'vitest';
import { newSecret } from '#store/webhook-endpoint.ts';
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
