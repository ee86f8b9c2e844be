/** Writes of many rows in one statement: each column travels as one binary array. */
import type { ClientBase } from 'pg';
import { binaryColumn, type Element, type ElementType } from './binary-array.ts';

export interface Column {
  readonly name: string;
  readonly type: ElementType;
  /** Where the table's own type is none that travels (`text[]`, `date`, `uuid`): text, cast there. */
  readonly cast?: string;
}

export type Row = readonly Element[];

/** Sends one statement under a fixed name, so that PostgreSQL keeps its plan. */
export interface SetStatement {
  readonly name: string;
  readonly text: string;
  readonly columns: readonly Column[];
}

/** `insert … select unnest(…)`; `conflict` is what follows `on conflict`. */
export function insertStatement(table: string, columns: readonly Column[], conflict = ''): SetStatement {
  const names = columns.map(({ name }) => name).join(', ');
  const text = `insert into ${table} (${names}) select ${columns.map(unnested).join(', ')}${
    conflict === '' ? '' : ` on conflict ${conflict}`
  }`;
  return { name: `${table} insert${conflict === '' ? '' : ' or not'}`, text, columns };
}

/** `update … from unnest`, matched by the columns of the primary key. */
export function updateStatement(table: string, columns: readonly Column[], key: readonly string[]): SetStatement {
  const set = columns.filter(({ name }) => !key.includes(name)).map(({ name }) => `${name} = s.${name}`);
  const match = key.map((name) => `t.${name} = s.${name}`);
  return {
    name: `${table} update`,
    text: `update ${table} t set ${set.join(', ')} from ${setOf(columns)} s where ${match.join(' and ')}`,
    columns,
  };
}

/** Every column but the key takes the new value. */
export function overwrite(columns: readonly Column[], key: readonly string[]): string {
  const set = columns.filter(({ name }) => !key.includes(name)).map(({ name }) => `${name} = excluded.${name}`);
  return `(${key.join(', ')}) do update set ${set.join(', ')}`;
}

/**
 * Nothing is sent for no rows. The promise may be awaited later: a pipelining client sends at once. Never throws: what is
 * already on its way would fail unheard.
 */
export function send(client: ClientBase, statement: SetStatement, rows: readonly Row[]): Promise<unknown>[] {
  return rows.length === 0 ? [] : [sendRows(client, statement, rows)];
}

async function sendRows(client: ClientBase, statement: SetStatement, rows: readonly Row[]): Promise<unknown> {
  const values = statement.columns.map(({ type }, place) => binaryColumn(type, rows, place));
  return client.query({ name: statement.name, text: statement.text, values });
}

/** A text array as PostgreSQL writes it, for columns cast to `text[]`. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

/**
 * The arrays `$1`, `$2`, … side by side as a table. In the select list they are read as one goes; in `from`, PostgreSQL would first
 * lay each array down by itself: 3 µs more for a row of forty columns.
 */
export function setOf(columns: readonly Column[]): string {
  return `(select ${columns.map((column, place) => `${unnested(column, place)} as ${column.name}`).join(', ')})`;
}

function unnested({ type, cast }: Column, place: number): string {
  const array = `unnest($${place + 1}::${type}[])`;
  return cast === undefined ? array : `${array}::${cast}`;
}
