/** A cell of a CSV file: quoted, and never a formula to a spreadsheet. */
export function csvCell(text: string): string {
  const plain = /^[=@-]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}
