import { createHash } from 'node:crypto';

/** Pages that work without JavaScript: everything put into them is escaped. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | null | readonly (Html | null)[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose values are text, other templates, or lists of them. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return { html: parts.map((part, place) => part + render(values[place] ?? null)).join('') };
}

function render(value: Part): string {
  if (value === null) return '';
  if (typeof value === 'object') return 'html' in value ? value.html : value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (sign) => entities[sign] ?? '');
}

const style = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#0b7285;--button:#0b7285;--ground:#fff;--ink:#1a1d1f}
@media(prefers-color-scheme:dark){:root{--accent:#3bc9db;--ground:#15191c;--ink:#eceff1}}
*{box-sizing:border-box}
body{background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif;max-width:680px;margin:0 auto;padding:24px 16px 64px;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:2rem 0 .5rem}
dl{display:grid;grid-template-columns:minmax(120px,200px) 1fr;gap:6px 16px;margin:0}dt{opacity:.75}dd{margin:0}
.card{border:1px solid var(--line);border-radius:8px;padding:16px;margin:12px 0}
.note{opacity:.75;font-size:.875rem}.mono{font:12px/1.5 ui-monospace,monospace}
button,.button{font:inherit;padding:10px 18px;border:1px solid var(--accent);border-radius:8px;background:var(--button);color:#fff;cursor:pointer}
button.plain{background:none;color:inherit;border-color:var(--line)}
input,select{font:inherit;padding:9px 12px;border:1px solid var(--line);border-radius:8px;width:100%;max-width:320px}
form{margin:12px 0}label{display:block;margin:8px 0}
label.check{display:flex;gap:10px;align-items:flex-start}label.check input{width:20px;height:20px;margin-top:3px;flex:none}
fieldset{border:0;padding:0;margin:0}legend{padding:0 0 8px}.card>h2{margin-top:0}
ul.plain{list-style:none;padding:0;margin:0}ul.plain>li{border-top:1px solid var(--line);padding:12px 0}
.row{display:flex;flex-wrap:wrap;gap:10px;align-items:center}.row form{margin:0}
.said{border-left:4px solid var(--accent);background:var(--soft);padding:12px 16px;margin:16px 0}.said.wrong{border-color:#c92a2a}
.lang{text-align:right;font-size:.875rem;margin:0}a{color:var(--accent)}
input.code{font-size:1.4rem;letter-spacing:.3em;max-width:220px}
button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media(max-width:480px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{body{max-width:none;padding:0;background:none;color:#000}.screen{display:none}.card{break-inside:avoid}}
`;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Its own style, known by its hash, and no script; forms may speak to this server alone. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hashOf(style)}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
} as const;

export function page(language: 'fr' | 'en', title: string, body: Html): string {
  return html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${{ html: style }}</style></head>
<body>${body}</body>
</html>
`.html;
}
