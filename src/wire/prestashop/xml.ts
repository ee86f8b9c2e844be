/** The webservice's XML as the same objects its JSON is made of. */
import type { Json } from '../json.ts';

const deepest = 12;
const token =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<\?[^>]*\?>|<!--[\s\S]*?-->|<!([A-Z]+)|<(\/?)([A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/gy;
/** What holds a list of one kind of element. */
const lists: ReadonlySet<string> = new Set(['order_rows', 'cart_rows', 'orders', 'customers', 'carts', 'order_slips']);

interface Element {
  readonly name: string;
  text: string;
  readonly children: Element[];
}

/** null: it is no XML of theirs (a document type, unclosed elements, deeper than any object). */
export function readXml(text: string): Json | null {
  const root: Element = { name: '', text: '', children: [] };
  const open: Element[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    const parent = open.at(-1);
    if (match === null || match[2] !== undefined || parent === undefined) return null;
    const [, cdata, , closing, name, selfClosing, plain] = match;
    if (cdata !== undefined) parent.text += cdata;
    else if (plain !== undefined) parent.text += unescapeXml(plain);
    else if (name !== undefined && closing === '/') {
      if (open.length < 2 || parent.name !== name) return null;
      open.pop();
    } else if (name !== undefined) {
      const element = { name, text: '', children: [] };
      parent.children.push(element);
      if (selfClosing !== '/') open.push(element);
      if (open.length > deepest) return null;
    }
  }
  const [document] = root.children;
  return open.length === 1 && document !== undefined ? toJson(document) : null;
}

function toJson({ name, text, children }: Element): Json {
  if (lists.has(name)) return children.map(toJson);
  if (children.length === 0) return text.trim();
  return Object.fromEntries(
    children.filter((child) => child.name !== '__proto__').map((child) => [child.name, toJson(child)]),
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '');
}
