import { describe, expect, it } from 'vitest';
import type { Fact } from '#domain/facts.ts';
import { importTime } from './dates.ts';
import { decodeImport } from './decode.ts';
import { type Cells, type FileRules, plainRules, writeLine } from './line.ts';

describe('a line of profiles', () => {
  it('states the person, and each basis with its own date', () => {
    const facts = read(
      { email: 'anna@example.test', name: 'Petit', 'basis:3': 'oui', 'basisDate:3': '31/01/2026 09:30' },
      { dates: 'dmy' },
    );
    expect(facts).toMatchObject([
      { type: 'account', creating: false, person: { email: 'anna@example.test', fields: { name: 'Petit' } } },
      {
        type: 'consent',
        basis: { id: 3 },
        status: 'accepted',
        ownTime: { local: '2026-01-31T09:30:00' },
        reset: false,
      },
    ]);
  });

  it.each([
    ['', null],
    ['Inconnu', 'unknown'],
    ['-1', 'unknown'],
    ['NON', 'refused'],
    ['Accepté', 'accepted'],
  ])('a basis cell %j is %j', (cell, status) => {
    const consents = read({ email: 'a@example.test', 'basis:3': cell }).filter(({ type }) => type === 'consent');
    expect(consents.map((fact) => fact.type === 'consent' && fact.status)).toEqual(status === null ? [] : [status]);
  });

  it('an unlisted value refuses the line, until the merchant says what it means', () => {
    const cells = { email: 'a@example.test', 'basis:3': 'Abonné' };
    expect(decoded(cells)).toEqual({ word: 'rejected', reason: 'import.value_unknown', field: 'basis:3' });
    expect(read(cells, { statuses: { abonné: 'accepted' } })).toHaveLength(2);
    expect(read(cells, { statuses: { abonné: 'nothing' } })).toHaveLength(1);
  });

  it('the reset makes unknown what it says, with its written reason', () => {
    const facts = read({ email: 'a@example.test', 'basis:1': 'inconnu' }, { reset: 'cleaned with the lawyer' });
    expect(facts[1]).toMatchObject({ status: 'unknown', reset: true, writtenReason: 'cleaned with the lawyer' });
  });

  it.each<[Cells, string, string]>([
    [{ email: 'no address' }, 'identity.email_invalid', 'email'],
    [{ name: 'Petit' }, 'wire.no_identity', 'email'],
    [{ externalId: 'x'.repeat(251) }, 'identity.external_id_too_long', 'externalId'],
    [{ email: 'a@example.test', 'basis:3': 'oui', 'basisDate:3': '31/02/2026' }, 'time.invalid', 'basisDate:3'],
  ])('%j is refused for %s', (cells, reason, field) => {
    expect(decoded(cells, { dates: 'dmy' })).toEqual({ word: 'rejected', reason, field });
  });

  it('takes the address out of what a mail program shows, and what it cannot read of a birthday is noted', () => {
    const line = decoded(
      { email: '"Petit, Anna" <anna@example.test>', birthday: '31/02/1990', gender: 'Mme' },
      { dates: 'dmy' },
    );
    expect(line).toMatchObject({
      word: 'read',
      facts: [{ person: { email: 'anna@example.test', fields: { gender: 'female' } } }],
      notes: [{ reason: 'field.invalid', field: 'birthday' }],
    });
  });
});

describe('a line of orders', () => {
  it('states order and person, creating nothing anew', () => {
    const [fact] = read(
      { key: 'A1', email: 'a@example.test', total: '1 234,50 €', placedAt: '05/03/2024', state: 'Payée' },
      { dates: 'dmy' },
      'orders',
    );
    expect(fact).toMatchObject({
      type: 'order',
      creating: false,
      order: {
        key: 'A1',
        total: { amount: '1234.50', currency: 'EUR' },
        placedAt: { date: '2024-03-05' },
        state: { payment: 'paid' },
      },
    });
  });

  it.each([
    ['1.234', 'comma', '1234'],
    ['1.234', 'point', '1.234'],
    ['1,234', 'comma', '1.234'],
    ['1,234.50', 'point', '1234.50'],
  ] as const)('reads %j with a decimal %s as %s', (total, decimal, amount) => {
    const [fact] = read({ key: 'A1', total }, { decimal }, 'orders');
    expect(fact).toMatchObject({ order: { total: { amount } } });
  });

  it.each<[Cells, string, string]>([
    [{ total: '5' }, 'order.no_reference', 'key'],
    [{ key: 'A1', total: 'free' }, 'order.amount_invalid', 'total'],
    [{ key: 'A1', placedAt: '2024-13-05' }, 'time.invalid', 'placedAt'],
    [{ key: 'A1', state: 'En transit vers Mars' }, 'import.value_unknown', 'state'],
  ])('%j is refused for %s', (cells, reason, field) => {
    expect(decoded(cells, {}, 'orders')).toEqual({ word: 'rejected', reason, field });
  });

  it('keeps the items of all its lines', () => {
    const raw = writeLine({
      kind: 'orders',
      rules: plainRules,
      cells: { key: 'A1' },
      items: [
        { sku: 'S1', quantity: '2', unitPrice: '10' },
        { itemName: 'Cap', unitPrice: '5.5' },
      ],
    });
    const line = decodeImport(new TextEncoder().encode(raw));
    expect(line.word === 'read' && line.facts[0]?.type === 'order' && line.facts[0].order?.items).toEqual([
      { key: 'S1', sku: 'S1', name: null, quantity: 2, unit: { amount: '10', currency: null } },
      { key: null, sku: null, name: 'Cap', quantity: 1, unit: { amount: '5.5', currency: null } },
    ]);
  });
});

describe('dates', () => {
  it.each([
    ['2026-01-05', 'dmy', { date: '2026-01-05' }],
    ['5/1/2026', 'dmy', { date: '2026-01-05' }],
    ['5/1/2026', 'mdy', { date: '2026-05-01' }],
    ['05.01.2026 7:05', 'dmy', { local: '2026-01-05T07:05:00' }],
    ['2026-01-05 10:00:00 +0100', 'dmy', { at: Date.UTC(2026, 0, 5, 9) }],
    ['2026-01-05T10:00:00Z', 'mdy', { at: Date.UTC(2026, 0, 5, 10) }],
    ['00/00/0000', 'dmy', null],
    ['31/02/2026', 'dmy', 'invalid'],
    ['13/13/2026', 'mdy', 'invalid'],
    ['5/1/26', 'dmy', 'invalid'],
    ['5/1/2026', 'ymd', 'invalid'],
  ] as const)('%s as %s', (text, order, time) => {
    expect(importTime(text, order)).toEqual(time);
  });
});

it('any bytes are an answer', () => {
  for (const raw of [
    '',
    'null',
    '[]',
    '{"kind":"orders"}',
    '{"kind":"orders","cells":{"__proto__":"x"}}',
    '{"kind":"orders","cells":{"key":1}}',
  ])
    expect(decodeImport(new TextEncoder().encode(raw)).word).not.toBe('read');
});

type Kind = 'profiles' | 'orders';

function decoded(cells: Cells, rules: Partial<FileRules> = {}, kind: Kind = 'profiles') {
  const raw = writeLine({ kind, rules: { ...plainRules, ...rules }, cells, items: null });
  return decodeImport(new TextEncoder().encode(raw));
}

function read(cells: Cells, rules: Partial<FileRules> = {}, kind: Kind = 'profiles'): readonly Fact[] {
  const line = decoded(cells, rules, kind);
  if (line.word !== 'read') throw new Error(`refused: ${line.reason}`);
  return line.facts;
}
