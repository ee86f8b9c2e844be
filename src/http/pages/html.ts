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

/** Only its own style, no script; forms may speak to this server alone. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
} as const;

const style = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#0b7285}
@media(prefers-color-scheme:dark){:root{--accent:#3bc9db}}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,sans-serif;max-width:680px;margin:0 auto;padding:24px 16px 64px;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:2rem 0 .5rem}
dl{display:grid;grid-template-columns:minmax(120px,200px) 1fr;gap:6px 16px;margin:0}dt{opacity:.75}dd{margin:0}
.card{border:1px solid var(--line);border-radius:8px;padding:16px;margin:12px 0}
.note{opacity:.75;font-size:.875rem}.mono{font:12px/1.5 ui-monospace,monospace}
button,.button{font:inherit;padding:10px 18px;border:1px solid var(--accent);border-radius:8px;background:var(--accent);color:#fff;cursor:pointer}
button.plain{background:none;color:inherit;border-color:var(--line)}
input,select{font:inherit;padding:9px 12px;border:1px solid var(--line);border-radius:8px;width:100%;max-width:320px}
form{margin:12px 0}label{display:block;margin:8px 0}
@media(max-width:480px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{body{max-width:none;padding:0}.screen{display:none}.card{break-inside:avoid}}
`;

export function page(language: 'fr' | 'en', title: string, body: Html): string {
  return html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${{ html: style }}</style></head>
<body>${body}</body>
</html>
`.html;
}
