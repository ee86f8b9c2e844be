import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import type { WireFormat } from './decoded.ts';
import type { Json } from './json.ts';
import { maskJson, renderMasked } from './masked-call.ts';

const own = new Set(['NewsEmail']);
const bytes = (text: string) => new TextEncoder().encode(text);

test('a developer recognises their call, and learns nothing of whom it is about', () => {
  const call =
    'site=333abc&action=order&idorder=1042&amount=89.90&state=10&date=2026-03-01+10:00:00&optin=1&email=jean.dupont%40exemple.com&name=Dupont&firstname=Jean&mobile=0612345678&custom_fields%5B327%5D=bleu&consents%5BNewsEmail%5D=1&Jean+Dupont=x&add_tag%5B%5D=vip';
  expect(renderMasked('track', bytes(call), own)?.split('\n')).toEqual([
    'site=333abc',
    'action=order',
    'idorder=1042',
    'amount=89.90',
    'state=10',
    'date=2026-03-01 10:00:00',
    'optin=1',
    'email=j••@e••.com',
    'name=•••',
    'firstname=•••',
    'mobile=•••',
    'custom_fields[327]=•••',
    'consents[NewsEmail]=1',
    '•••=•••',
    'add_tag[0]=•••',
  ]);
});

test('bytes that are no call of their format are not shown at all', () => {
  expect(renderMasked('collect', bytes('{"event": jean@exemple.com'), own)).toBeNull();
  expect(renderMasked('ingest', new Uint8Array([0xff, 0xfe]), own)).toBeNull();
});

/** Texts no masked rendering may hold: each is found nowhere else. */
const secret = fc.constantFrom('Zyxwvut', 'zyx.wvut@tsrq.example', '+33698765432', '0698765432', '17 rue Zyxwvut');
const spread = [
  ...['email', 'external_id', 'name', 'firstname', 'address', 'address_2', 'cp', 'city', 'country', 'tel', 'mobile'],
  ...['company', 'fonction', 'group', 'add_tag[]', 'custom_fields[3]', 'birthday', 'gender', 'customer_cookie', 'x'],
];

test('whatever a person’s fields hold, and wherever the person stands, no byte of them is shown', () => {
  const leaks = (shown: string | null) => shown !== null && /zyx\.?wvut|tsrq|98765432|17 rue/i.test(shown);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...spread), secret), { maxLength: 20 }), (fields) => {
      for (const [format, prefix] of [
        ['track', ''],
        ['v1/CreateOrder', 'customer_'],
      ] as const) {
        const text = fields
          .map(([name, value]) => {
            const whole = prefix === '' ? name : `data[${prefix}${name.replace('[', '][').replace(/\]$/, '')}]`;
            return `${encodeURIComponent(whole)}=${encodeURIComponent(value)}`;
          })
          .join('&');
        const raw = bytes(`action=order&${prefix === '' ? 'idorder' : 'data[order_idorder]'}=1&${text}`);
        expect(leaks(renderMasked(format, raw, own))).toBe(false);
        const decoded = decode(format, raw, null);
        if (decoded.word === 'read') {
          const facts = JSON.parse(JSON.stringify(decoded.facts)) as Json;
          expect(leaks(JSON.stringify(maskJson(facts, own)))).toBe(false);
        }
      }
    }),
  );
});

test('a person in a key, in a nested place or under a name of nothing is masked in JSON too', () => {
  const json: Json = {
    event: {
      id: 'order-1',
      type: 'order',
      at: '2026-03-01T10:00:00Z',
      data: {
        key: '1042',
        total: '89.90',
        currency: 'EUR',
        customer: { email: 'jean.dupont@exemple.com', name: 'Dupont', custom: { 7: 'Dupont' }, 'Jean Dupont': 1 },
        items: [{ sku: 'A-1', name: 'Monogramme Dupont', quantity: 2 }],
        consents: { Dupont: true },
      },
    },
  };
  const shown = renderMasked('ingest', bytes(JSON.stringify(json)), own) ?? '';
  expect(shown).not.toMatch(/dupont/i);
  for (const kept of ['"order-1"', '"1042"', '"89.90"', '"EUR"', '"A-1"', '"2"', 'j••@e••.com'])
    expect(shown).toContain(kept);
});

test('a call nested without end is cut', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(renderMasked('ingest', bytes(deep), own)).toContain('…');
});

test('every format is rendered or said to be unreadable, never thrown at', () => {
  const formats: WireFormat[] = [
    'track',
    'v1/UpdateOrder',
    'v3/trigger',
    'v2/customers-consents',
    'collect',
    'ingest',
    'own',
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...formats), (raw, format) => {
      const shown = renderMasked(format, raw, own);
      expect(shown === null || typeof shown === 'string').toBe(true);
    }),
  );
});
