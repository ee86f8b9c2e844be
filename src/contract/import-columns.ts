/** Columns of a file by a mapping that was kept; apart from the schemas, because screens need it at run time. */

/** A mapping that was kept, with the header it was made for; null: none, or an older one. */
export interface KeptColumns {
  readonly headers: readonly string[] | null;
  readonly columns: readonly (string | null)[];
}

/**
 * What the columns of a file mean by a mapping that was kept. Each is found by its name, wherever it stands now, and columns the mapping does
 * not know are left out; without names, by its place in a file as wide. null: a column the mapping needs is not there, or there twice.
 */
export function fitColumns({ headers, columns }: KeptColumns, file: readonly string[]): (string | null)[] | null {
  if (headers === null || headers.every((header) => header === ''))
    return columns.length === file.length ? [...columns] : null;
  const fitted: (string | null)[] = file.map(() => null);
  for (const [place, column] of columns.entries()) {
    if (column === null) continue;
    const name = headers[place] ?? '';
    const same = file[place] === name && headers.filter((one) => one === name).length > 1;
    const at = same ? place : file.indexOf(name);
    if (at < 0 || (!same && file.lastIndexOf(name) !== at)) return null;
    fitted[at] = column;
  }
  return fitted;
}
