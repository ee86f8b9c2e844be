/** Exported tables as an XLSX workbook (ECMA-376), written while it is read: texts are typed as texts, so no cell is ever a formula. */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { minorDigits } from '#domain/money.ts';
import { spreadsheetDay } from '#domain/time.ts';
import { type Cell, type ExportTable, type ExportVoice, isList } from './cell.ts';
import { decimal, plainText } from './text-file.ts';

/** Rows a sheet can hold; the rest goes on in the next one. */
const sheetRows = 1_048_576;
/** Characters a cell can hold. */
const longestText = 32_767;
const pieceLength = 64 * 1024;
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';

/** `title` of the sheets. `perSheet`: rows of one, its header among them. */
export async function* workbookFile(
  { columns, slices }: ExportTable,
  speech: ExportVoice,
  title: string,
  perSheet = sheetRows,
): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const rows = rowsOf(slices);
  const output = Readable.from(zip.outputStream);
  const filling = fill().catch((error: Error) => {
    output.destroy(error);
  });
  try {
    for await (const piece of output) yield piece;
  } finally {
    await rows.return(undefined);
    output.destroy();
  }
  await filling;

  async function fill(): Promise<void> {
    let sheets = 0;
    for (let next = await rows.next(); sheets === 0 || !next.done; ) {
      sheets += 1;
      const sheet = Readable.from(pieces());
      zip.addReadStream(sheet, `xl/worksheets/sheet${sheets}.xml`, { compress: true });
      await new Promise((resolve, reject) => {
        sheet.once('end', resolve);
        sheet.once('error', reject);
        sheet.once('close', resolve);
      });

      async function* pieces(): AsyncGenerator<string> {
        yield `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>`;
        let text = rowXml(
          columns.map((column) => column.head),
          speech,
        );
        for (let written = 1; written < perSheet && !next.done; written++) {
          text += rowXml(next.value, speech);
          if (text.length > pieceLength) {
            yield text;
            text = '';
          }
          next = await rows.next();
        }
        yield `${text}</sheetData></worksheet>`;
      }
    }
    for (const [name, text] of Object.entries(frame(sheets, title))) zip.addBuffer(Buffer.from(text), name);
    zip.end();
  }
}

async function* rowsOf(slices: ExportTable['slices']): AsyncGenerator<readonly Cell[], undefined> {
  for await (const rows of slices) yield* rows;
}

function rowXml(cells: readonly Cell[], speech: ExportVoice): string {
  return `<row>${cells.map((cell) => cellXml(cell, speech)).join('')}</row>`;
}

/** The formats of `xl/styles.xml`: plain, time, amounts by their digits. */
const timeStyle = 1;
const amountStyle: Readonly<Record<number, number>> = { 0: 2, 2: 3, 3: 4, 4: 5 };

function cellXml(cell: Cell, speech: ExportVoice): string {
  if (cell === null || cell === '') return '<c/>';
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c t="b"><v>${cell ? 1 : 0}</v></c>`;
  const valued = typeof cell === 'object' && !isList(cell);
  if (valued && 'at' in cell) return `<c s="${timeStyle}"><v>${spreadsheetDay(cell.at, speech.settings.zone)}</v></c>`;
  if (valued && 'minor' in cell)
    return `<c s="${amountStyle[minorDigits(cell.currency)] ?? 0}"><v>${decimal(cell)}</v></c>`;
  const text = escapeXml(plainText(cell, speech).slice(0, longestText));
  return `<c t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** What XML cannot say becomes the sign of a lost character. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (sign) => entities[sign] ?? sign);
}

/** The parts of the package beside its sheets. */
function frame(sheets: number, title: string): Record<string, string> {
  const numbers = Array.from({ length: sheets }, (_, place) => place + 1);
  // a sheet's name may not hold these, nor be longer
  const name = escapeXml(title.replace(/[[\]:*?/\\]/g, ' ').slice(0, 25));
  const type = (part: string): string => `application/vnd.openxmlformats-officedocument.spreadsheetml.${part}+xml`;
  return {
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${numbers
      .map((n) => `<sheet name="${n === 1 ? name : `${name} ${n}`}" sheetId="${n}" r:id="rId${n}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packaged}/relationships">${numbers
      .map((n) => `<Relationship Id="rId${n}" Type="${relations}/worksheet" Target="worksheets/sheet${n}.xml"/>`)
      .join('')}<Relationship Id="rIdStyles" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="#,##0"/><numFmt numFmtId="166" formatCode="#,##0.00"/><numFmt numFmtId="167" formatCode="#,##0.0000"/></numFmts><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf/>${[
      164, 165, 166, 167, 167,
    ]
      .map((format) => `<xf numFmtId="${format}" applyNumberFormat="1"/>`)
      .join('')}</cellXfs></styleSheet>`,
    '_rels/.rels': `${head}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    '[Content_Types].xml': `${head}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type('sheet.main')}"/><Override PartName="/xl/styles.xml" ContentType="${type('styles')}"/>${numbers
      .map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${type('worksheet')}"/>`)
      .join('')}</Types>`,
  };
}
