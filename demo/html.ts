/** Markup that is escaped by construction: only what `html` made goes in as it is. */
const markup: unique symbol = Symbol('markup');

export interface Html {
  readonly [markup]: string;
}

export type Part = Html | string | number | null | false | readonly Html[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { [markup]: strings.map((text, place) => text + partText(parts[place] ?? null)).join('') };
}

export function textOf(page: Html): string {
  return page[markup];
}

/** A value as JavaScript inside a script element. */
export function scriptValue(value: unknown): Html {
  return { [markup]: JSON.stringify(value, null, 2).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028') };
}

/** Our own text, such as a style sheet, as it is. Never for what somebody sent. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

function partText(part: Part): string {
  if (part === null || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeText(part);
  return markup in part ? part[markup] : part.map(textOf).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
