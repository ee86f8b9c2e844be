/** The published snippet, for this shop and this server. */

export function pageSnippet(collectorUrl: string, publicKey: string): string {
  const { protocol, host, origin } = new URL(collectorUrl);
  return `<script type="text/javascript">
  var spconfig = {
    public_key: ${quoted(publicKey)},
    host: ${quoted(protocol)},
    env: ${quoted(host)},
    set_cookie: true
  };
  function loadSpreadTracker() {
    window.domLoadEventFired = true;
    var script = document.createElement("script");
    script.type = "text/javascript";
    script.async = true;
    script.charset = "UTF-8";
    script.id = "spread-tracker";
    script.src = ${quoted(`${origin}/js/sb-tracker.js`)};
    document.body.appendChild(script);
  }
  if (window.addEventListener) window.addEventListener("load", loadSpreadTracker, false);
  else if (window.attachEvent) window.attachEvent("onload", loadSpreadTracker);
  else window.onload = loadSpreadTracker;
</script>`;
}

/** The modern tracker, waiting for the page's banner. */
export function modernSnippet(collectorUrl: string, publicKey: string): string {
  const { origin } = new URL(collectorUrl);
  return `<script>window.spread=window.spread||function(){(spread.q=spread.q||[]).push(arguments)};</script>
<script async src="${attribute(`${origin}/js/tracker.js`)}" data-key="${attribute(publicKey)}" data-consent="pending" data-with="banners"></script>`;
}

export function orderSnippet(currency: string): string {
  return `<script type="text/javascript">
  var sporder = {
    action: "order",
    idorder: "1042",
    amount: "89.90", // ${currency}
    state: "10",
    email: "client@example.com",
    external_id: "37",
    name: "Martin",
    firstname: "Camille",
    optin: "1",
    mobile: "0612345678"
  };
</script>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

/** As text inside a script element. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('<', '\\u003c');
}
