/** The report of a store's history: the objects that were refused or did less than they said, as the store wrote them. */
import type { Pool } from 'pg';
import type { ReportLine } from '#contract/imports.ts';
import type { Instant } from '#domain/facts.ts';
import { writeReport } from '#store/import-file.ts';
import { type EndedHistory, endHistoryImport, listEndedHistories, listSaid } from '#store/import-history.ts';
import { isObject, type Json } from '#wire/json.ts';
import { joined } from './report.ts';

const slice = 500;

/** Histories that are over get their report; a killed process' begins again. Answers how many wait to be applied first. */
export async function endHistories(pool: Pool, now: Instant): Promise<number> {
  const all = await listEndedHistories(pool, now);
  const over = all.filter(({ waits }) => !waits);
  for (const ended of over) {
    await writeReport(pool, ended.shopId, ended.id, joined(reportLines(pool, ended)));
    await endHistoryImport(pool, ended, now);
  }
  return all.length - over.length;
}

async function* reportLines(pool: Pool, { shopId, id }: EndedHistory): AsyncGenerator<ReportLine> {
  yield { line: 0, result: 'header', reasons: [], cells: ['resource', 'id', 'object'] };
  let line = 0;
  for (let after = '-1'; ; ) {
    const some = await listSaid(pool, shopId, id, after, slice);
    const last = some.at(-1);
    if (last === undefined) return;
    after = last.seq;
    for (const { result, reasons, said } of some) {
      line += 1;
      yield { line, result, reasons, cells: said === null ? [] : cellsOf(said) };
    }
  }
}

/** `orders:17` and the kept object; a global id (`gid://shopify/Order/17`) is its digits. */
function cellsOf(said: string): string[] {
  const [name = '', text = ''] = JSON.parse(said) as string[];
  const colon = name.indexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1).replace(/^gid:.*\//, ''), objectIn(text)];
}

/** One that was too long to be kept whole stands as it was cut. */
function objectIn(text: string): string {
  try {
    const item: Json = JSON.parse(text);
    return JSON.stringify(isObject(item) ? item.body : item);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
