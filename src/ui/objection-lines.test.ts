import { expect, test } from 'vitest';
import { readLines } from './objection-lines.ts';

test('an address, a channel and a day, in what people paste', () => {
  const { stated, refused } = readLines(
    'a@b.example\n\n"c@d.example";2026-05-31\n+33612345678\t31/05/2026\ne@f.example,sms,2026-05-31T10:00:00.000Z',
    'email',
  );
  expect(refused).toEqual([]);
  expect(stated).toEqual([
    { line: 1, objection: { email: 'a@b.example', channel: 'email' } },
    { line: 3, objection: { email: 'c@d.example', channel: 'email', date: '2026-05-31' } },
    { line: 4, objection: { phone: '+33612345678', channel: 'email', date: '2026-05-31' } },
    { line: 5, objection: { email: 'e@f.example', channel: 'sms', date: '2026-05-31' } },
  ]);
});

test('a day that cannot be read refuses its line, with its number', () => {
  const { stated, refused } = readLines('a@b.example;31.05.2026\nb@b.example;05-31\nc@b.example;demain', 'email');
  expect(stated).toEqual([]);
  expect(refused).toEqual([1, 2, 3].map((line) => ({ line, why: 'date.unreadable' })));
});

test('what the export wrote is read back', () => {
  const file = `\ufeffaddress,channel,since,cause\r\n"a@b.example",email,2026-05-01T10:00:00.000Z,person\r\n"+33612345678",sms,2026-05-02T10:00:00.000Z,staff\r\n`;
  expect(readLines(file, 'post')).toEqual({
    stated: [
      { line: 2, objection: { email: 'a@b.example', channel: 'email', date: '2026-05-01' } },
      { line: 3, objection: { phone: '+33612345678', channel: 'sms', date: '2026-05-02' } },
    ],
    refused: [],
  });
});
