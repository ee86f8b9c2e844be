/** The scripts and metas of a page as its maker wrote them. Reads any bytes in one pass; it is no HTML parser. */

export interface PageScript {
  readonly attributes: ReadonlyMap<string, string>;
  /** Between the tags. */
  readonly text: string;
}

/** Every `<script>` outside of comments. */
export function readScripts(html: string): PageScript[] {
  const found: PageScript[] = [];
  const lower = html.toLowerCase();
  for (let at = 0; ; ) {
    const start = nextOf(lower, '<script', at);
    if (start < 0) return found;
    const tagEnd = endOfTag(html, start);
    const close = lower.indexOf('</script', tagEnd);
    const end = close < 0 ? html.length : close;
    found.push({ attributes: readAttributes(html.slice(start + 7, tagEnd)), text: html.slice(tagEnd + 1, end) });
    if (close < 0) return found;
    at = close + 8;
  }
}

/** Contents of `<meta http-equiv="content-security-policy">`. */
export function readPolicyMetas(html: string): string[] {
  const found: string[] = [];
  const lower = html.toLowerCase();
  for (let at = 0; ; ) {
    const start = nextOf(lower, '<meta', at);
    if (start < 0) return found;
    const end = endOfTag(html, start);
    const attributes = readAttributes(html.slice(start + 5, end));
    const content = attributes.get('content');
    const isPolicy = attributes.get('http-equiv')?.trim().toLowerCase() === 'content-security-policy';
    if (isPolicy && content !== undefined) found.push(content);
    at = end + 1;
  }
}

/** Comments are stepped over. */
function nextOf(lower: string, tag: string, from: number): number {
  for (let at = from; ; ) {
    const start = lower.indexOf(tag, at);
    const comment = lower.indexOf('<!--', at);
    if (start < 0 || comment < 0 || start < comment) return start;
    const end = lower.indexOf('-->', comment + 4);
    if (end < 0) return -1;
    at = end + 3;
  }
}

/** A `>` inside quotes does not end a tag. */
function endOfTag(html: string, start: number): number {
  let quote = '';
  for (let at = start; at < html.length; at++) {
    const letter = html[at] ?? '';
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '>') return at;
  }
  return html.length;
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(
    /([^\s=>"'/]{1,100})(?:\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decoded(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

function decoded(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}
