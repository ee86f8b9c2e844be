/** A report of an import as people take it away: CSV, in their language. */
import { csvRow } from '#contract/csv.ts';
import type { ReportLine } from '#contract/imports.ts';
import { type Language, speak } from '#contract/messages/speak.ts';

/** `pieces`: whole lines of JSON each. With the mark that makes spreadsheets read UTF-8, and the separator they expect in the language. */
export async function* reportCsv(pieces: AsyncIterable<string>, language: Language): AsyncGenerator<string> {
  const voice = speak(language);
  const separator = language === 'fr' ? ';' : ',';
  yield '\ufeff';
  for await (const piece of pieces) {
    let text = '';
    for (const line of piece.split('\n')) {
      if (line === '') continue;
      const { line: number, result, reasons, cells }: ReportLine = JSON.parse(line);
      const why = reasons.map((reason) => voice.word('reason', reason)).join(' ');
      const first =
        result === 'header'
          ? (['line', 'result', 'why'] as const).map((name) => voice.say(`imports.report.${name}`))
          : [String(number), voice.word('imports.result', result), why];
      text += csvRow([...first, ...cells], separator);
    }
    yield text;
  }
}
