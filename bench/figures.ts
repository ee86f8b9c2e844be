/** The table: what was measured beside what must hold, what is aimed at, and what others reach. */

export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** null: printed for the reader, nothing is asked of it. */
  readonly must: Bound | null;
  readonly aim: number | null;
  /** Rates and CPU that explain the figure. */
  readonly note?: string;
}

export interface Bound {
  readonly better: 'more' | 'less';
  readonly value: number;
}

/** A row of the table. `references`: what others measured under the same conditions, for the reader. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly references: string | null;
  /** Not part of a run without names. */
  readonly onlyNamed?: boolean;
  measure(options: BenchOptions): Promise<readonly Figure[]>;
}

/** The command's options, as docs/bench.md explains them. */
export interface BenchOptions {
  /** Of each measurement with load. */
  readonly seconds: number;
  /** Of measurements that alternate between two servers. */
  readonly rounds: number;
  /** Of each drain. */
  readonly facts: number;
  /** Filled in before a drain. */
  readonly people: number;
  /** Of the file of an import. */
  readonly lines: number;
  /** Print the server's time by statement. */
  readonly statements: boolean;
  /** In the filled database. */
  readonly profiles: number;
  /** Of a server to fill, in the place of an embedded one. */
  readonly url: string | null;
  /** Only the views whose line holds this. */
  readonly only: string | null;
}

export function atLeast(value: number): Bound {
  return { better: 'more', value };
}

export function atMost(value: number): Bound {
  return { better: 'less', value };
}

export function isMet({ measured, must }: Figure): boolean {
  if (must === null) return true;
  return must.better === 'more' ? measured >= must.value : measured <= must.value;
}

export function printRow(row: Row, figures: readonly Figure[]): void {
  say(`\n${row.title}   [${row.name}]`);
  for (const figure of figures) {
    const sign = figure.must?.better === 'less' ? '≤' : '≥';
    const must = figure.must === null ? '' : `must ${sign} ${number(figure.must.value)}`;
    const aim = figure.aim === null ? '' : `aim ${number(figure.aim)}`;
    const word = figure.must === null ? '' : isMet(figure) ? 'ok' : 'NOT OK';
    const measured = `${number(figure.measured)} ${figure.unit}`;
    say(`  ${figure.what.padEnd(46)} ${measured.padStart(16)}  ${must.padEnd(14)} ${aim.padEnd(11)} ${word}`.trimEnd());
    if (figure.note !== undefined) say(`      ${figure.note}`);
  }
  if (row.references !== null) say(`  references: ${row.references}`);
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value !== 0 && Math.abs(value) < 10) return value.toFixed(2);
  return Math.abs(value) < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
