import { expect, test } from 'vitest';
import { byteSearch } from './byte-search.ts';

const search = byteSearch(['léa.marker@example.test', '+33612345678', 'ab']);
const found = (text: string) => search(Buffer.from(text));

test('a text is found however it is written down', () => {
  for (const mark of ['léa.marker@example.test', '+33612345678']) {
    expect(found(`x=${mark}&y`), 'plain').toBe(true);
    expect(found(`x=${mark.toUpperCase()}`), 'capitals').toBe(true);
    expect(found(`x=${encodeURIComponent(mark)}`), 'percent').toBe(true);
    expect(found(`x=${encodeURIComponent(encodeURIComponent(mark))}`), 'percent twice').toBe(true);
    const escaped = mark.replace(/./gu, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
    expect(found(`{"x":"${escaped}"}`), 'JSON').toBe(true);
    for (const before of ['', 'a', 'ab', 'abc']) {
      expect(found(Buffer.from(`${before}${mark} and more`).toString('base64')), `base64 ${before}`).toBe(true);
      expect(found(Buffer.from(`${before}${mark}`).toString('base64url')), `base64url ${before}`).toBe(true);
    }
  }
});

test('nothing else is', () => {
  expect(found('lea.marker@example.test')).toBe(false);
  expect(found('abababab')).toBe(false);
  expect(search(Buffer.from([0, 255, 254, 37, 37, 92]))).toBe(false);
});
