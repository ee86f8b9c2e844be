/** Programs that say they are no person (rules §6.8). A kept list: what names itself a robot, and what loads pages to measure, preview or archive them. */

const declared = new RegExp(
  [
    // Cubot is a maker of phones.
    '(?<!cu)bots?(?![a-z])',
    'crawl|spider|slurp|scrapy|nutch|heritrix|httrack|archive\\.org|archiver',
    'facebookexternalhit|facebookcatalog|meta-external|bingpreview|mediapartners-google|googleother|feedfetcher|apis-google',
    'google-(?:inspectiontool|read-aloud|safety|site-verification|structured-data|extended)',
    'lighthouse|page ?speed|gtmetrix|pingdom|statuscake|uptime|site24x7|speedcurve|webpagetest|ptst/|dareboost|contentking',
    'whatsapp/|skypeuripreview|embedly|linkpreview|validator|screaming frog|cookiehub|onetrust|phantomjs',
  ].join('|'),
  'i',
);

const known = new Map<string, boolean>();
const kept = 5_000;

/** True when the browser's own name says it is a program. Browsers repeat: each name is looked at once. */
export function isDeclaredBot(userAgent: string | undefined): boolean {
  if (userAgent === undefined || userAgent === '') return false;
  const before = known.get(userAgent);
  if (before !== undefined) return before;
  const answer = declared.test(userAgent);
  if (known.size >= kept) known.clear();
  known.set(userAgent, answer);
  return answer;
}
