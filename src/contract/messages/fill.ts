/** How a text of the catalogue becomes a sentence, in browsers and on the server alike. */
export type Values = Readonly<Record<string, string | number>>;

/** `{{name}}` by its value; one without a value stays as it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** French sets a space before : ; ! ? and inside « »; no line may break there. */
export function bindSpaces(text: string): string {
  return text.replace(/ ([:;!?»])/g, '\u00a0$1').replace(/« /g, '«\u00a0');
}
