/** A pool that keeps what was asked of it, and what the planner says of each statement. */
import type pg from 'pg';
import { openPool } from '#store/db.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Reads, and what explains them: none of these writes. */
const explainable = /^\s*(select|with)\b/i;

export class Recorder {
  readonly pool: pg.Pool;
  /** By text: the newest values are as good as any. */
  readonly statements = new Map<string, Statement>();

  constructor(url: string) {
    this.pool = openPool(url, { max: 8 });
    this.pool.on('connect', (client) => this.#listen(client));
  }

  #listen(client: pg.PoolClient): void {
    const ask = client.query.bind(client) as (...args: unknown[]) => unknown;
    const record = (args: readonly unknown[]): void => {
      const [first, second] = args;
      const text = typeof first === 'string' ? first : isNamed(first) ? first.text : null;
      const values = Array.isArray(second) ? second : isNamed(first) ? (first.values ?? []) : [];
      if (text !== null && explainable.test(text)) this.statements.set(text, { text, values });
    };
    Reflect.set(client, 'query', (...args: unknown[]) => {
      record(args);
      return ask(...args);
    });
  }
}

function isNamed(value: unknown): value is { text: string; values?: unknown[] } {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Tables of more than `rows` rows that the planner would read from end to end for this statement. */
export async function scannedTables(pool: pg.Pool, { text, values }: Statement, rows: number): Promise<string[]> {
  const { rows: answer } = await pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
    `explain (format json) ${text}`,
    [...values],
  );
  const [first] = answer;
  if (first === undefined) throw new Error('the server explained nothing');
  const scanned = [...new Set(first['QUERY PLAN'].flatMap(({ Plan }) => sequential(Plan)))];
  const { rows: large } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relname = any ($1::text[]) and relnamespace = 'public'::regnamespace and reltuples > $2`,
    [scanned, rows],
  );
  return large.map(({ name }) => name);
}

function sequential(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined ? [node['Relation Name']] : [];
  return [...own, ...(node.Plans ?? []).flatMap(sequential)];
}
