import { expect, test } from 'vitest';
import { fitColumns } from './import-columns.ts';

const kept = { headers: ['E-mail', 'Nom', 'Notes'], columns: ['email', 'name', null] };

test('columns of a kept mapping are found by name, wherever they stand now', () => {
  expect(fitColumns(kept, ['E-mail', 'Nom', 'Notes'])).toEqual(['email', 'name', null]);
  expect(fitColumns(kept, ['Nouveau', 'Nom', 'E-mail'])).toEqual([null, 'name', 'email']);
});

test('a column that is missing or there twice fits nothing', () => {
  expect(fitColumns(kept, ['E-mail', 'Notes'])).toBeNull();
  expect(fitColumns(kept, ['E-mail', 'Nom', 'E-mail'])).toBeNull();
});

test('names that were there twice when it was kept are told apart by their place', () => {
  const twice = { headers: ['E-mail', 'Date', 'Date'], columns: ['email', 'birthday', 'saidAt'] };
  expect(fitColumns(twice, ['E-mail', 'Date', 'Date'])).toEqual(['email', 'birthday', 'saidAt']);
  expect(fitColumns(twice, ['Date', 'Date', 'E-mail'])).toBeNull();
});

test('without names, only a file as wide fits', () => {
  expect(fitColumns({ headers: null, columns: ['email', null] }, ['', ''])).toEqual(['email', null]);
  expect(fitColumns({ headers: ['', ''], columns: ['email', null] }, ['', '', ''])).toBeNull();
});
