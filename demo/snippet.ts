import { type Html, html, scriptValue } from './html.ts';

export interface Snippet {
  /** Scheme and host of the collector as the browser reaches it. */
  readonly collectorUrl: string;
  readonly publicKey: string;
  /** What the page pushes: an account, an order, a newsletter sign-up; null on every other page. */
  readonly sporder: Readonly<Record<string, string>> | null;
  readonly nonce: string;
}

/** The published snippet, with `env` and `host` naming our collector (legacy wire §1.1, §1.2). */
export function snippet({ collectorUrl, publicKey, sporder, nonce }: Snippet): Html {
  const { host, protocol, origin } = new URL(collectorUrl);
  const spconfig = { public_key: publicKey, env: host, host: protocol, set_cookie: true };
  return html`<script type="text/javascript" nonce="${nonce}">
var spconfig = ${scriptValue(spconfig)};
${sporder === null ? null : html`var sporder = ${scriptValue(sporder)};`}
function loadSpreadTracker() {
  window.domLoadEventFired = true;
  var sp = document.createElement("script");
  sp.type = "text/javascript";
  sp.async = true;
  sp.charset = "UTF-8";
  sp.id = "spread-tracker";
  sp.src = ${scriptValue(`${origin}/js/sb-tracker.js`)};
  document.body.appendChild(sp);
}
if (window.addEventListener) window.addEventListener("load", loadSpreadTracker, false);
else if (window.attachEvent) window.attachEvent("onload", loadSpreadTracker);
else window.onload = loadSpreadTracker;
</script>`;
}
