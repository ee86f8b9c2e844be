/** docs/privacy.md: what is said by hand, and the tables made from the list of personal data and the default periods. */
import { en } from '../src/contract/messages/en.ts';
import {
  defaultInstanceRetention,
  defaultRetention,
  instanceRetentionLimits,
  retentionLimits,
} from '../src/domain/retention.ts';
import { columnsOf, dataKinds, personalData } from '../src/store/personal-data.ts';

const words: Readonly<Record<string, string>> = en;

export function renderPrivacy(): string {
  return `# Privacy: what is stored, why, how long, and how to erase it

For whoever answers for data protection. The tables below are made from \`src/store/personal-data.ts\` and \`src/domain/retention.ts\`
(\`npm run generate\`); a check fails on a column of the database that the list does not name.

## What is stored, and why

| what | why | where it comes from |
|---|---|---|
| identity and contact data: e-mail, name, postal address, phones, birthday, gender, job, company, language, tags, custom fields | to know whose order, account or choice it is, and where they may be contacted | the shop's pages and servers, imports, staff, the person |
| orders and carts: number, amounts, states, items | turnover, buyer status, what a consent or contract rests on | the shop's pages and servers |
| consents, legal bases, refusals, objections, with who changed them, when and by which act | to contact people only where they may be contacted | the person through the shop, their own page, staff, imports |
| proof: page, form, wording, truncated IP address | to show that a consent was given (GDPR article 7.1) | the person's own browser |
| what was received, as received | to find out why something did or did not count; to repair a decoder without losing data | every door |
| mails, messages to the shop's tools, requests about rights | to send them, to try again, to show that they were answered | the program |
| keyed hashes of refused, objecting and erased addresses | so that a refusal holds and nobody comes back by an old file | refusals, objections, erasures |
| accounts of the team: name, e-mail, password (argon2id), sessions, what they did | sign-in, roles, the audit log | the team |

No cookie is set without the shop's consent hook, no page view is kept about a person, no third party is called. IP addresses are cut to
/24 (IPv4) or /48 (IPv6) before anything is written. Technical logs carry event names and ids, never an address, a name or a query.

## How long

Each shop's own periods stand on *CRM > RGPD > Conservation et registre*, with what each would take tonight. The defaults:

${periods(defaultRetention, retentionLimits)}

What holds for all shops stands on *Installation > Conservation*, for the owners of the installation:

${periods(defaultInstanceRetention, instanceRetentionLimits)}

Not to be set: keys against doubles 35 days, prepared exports a day, accesses to a person's page a day.
The job \`retention\` runs each night at 02:11 UTC. It looks for everything that is due, so a night that was missed is caught up by the
next, and a second run finds nothing. The basis history is append-only for the application's role; a \`security definer\` function forgets
the rows of people erased long ago and leaves a checkpoint, from which \`verify\` goes on.

## How to answer a person

| they ask | do |
|---|---|
| what do you know of me? (article 15, 20) | *CRM > RGPD > Demandes*: record the request, send the identity check, download the archive (a page to read, JSON, and a CSV file for each part). From the profile: *Télécharger ses données* |
| correct this (article 16) | change it on the profile; what staff say outranks what shops send |
| erase me (article 17) | in the request, *Effacer la personne*; or on the profile, *Effacer cette personne*, with a reason and the address typed once more |
| no more marketing (article 21) | *Demandes* or *Oppositions*: the address goes on the objection list, which beats every basis |

A request is due a month after it came, once two months more; the queue shows the most urgent first and every step with who took it. The
shop's own form hands requests in with \`POST /api/rights-requests\` (\`docs/wire/doors.md\`). People can do all of it themselves on their
own page, after a code mailed at that moment.

## What an erasure does

It is a fact like any other: stated by staff, the person or the nightly run, carried out by \`apply\` in one transaction, under the shop's lock.

1. **Who.** The profile, and every other one that holds its e-mail.
2. **Goes.** Profile, identifiers, browsers, bases and acts, evidence, carts, journal texts and their raw bytes, mails, messages to tools and
   what they answered, confirmations; the address and note of requests; their lines in reports of imports, and files still to be run that
   name them; every prepared export of the shop.
3. **Stays, without a name.** Orders with amount, currency, day and states under a keyed hash of their reference; counts and turnover; the
   history of bases under a random key (the chain still verifies, and says *evidence erased on …*).
4. **Is remembered, as keyed hashes.** Refusals and objections of the addresses; what the person was known by, so that imports, repeats,
   late facts and updates of old orders are \`ignored (person.erased)\` and leave no text in the journal. A new order, account or choice of
   their own makes a fresh profile, with the old refusals.
5. **Is searched for.** Bytes that no decoder read, refused bodies and items that failed are searched for the person's identifiers, in plain,
   percent-encoded, JSON-escaped and base64, at once and until ten minutes later; then the search terms, sealed until then, are forgotten.

What no program can reach: files that people downloaded, mails already delivered, what tools behind webhooks keep (tell them, article 19),
backups (they age out; erasures are replayed after a restore), and spool files set aside as damaged or older than 30 days
(\`docs/ops/running.md\`): delete those by hand.

\`e2e/erasure.test.ts\` fills every personal column below through the real doors, erases, and reads every column of every table, the data
folder, the logs and the spool.

## Every table

${dataKinds
  .filter((kind) => kind !== 'none')
  .map((kind) => `### ${words[`register.kind.${kind}`]}\n\n${tableOf(kind)}`)
  .join('\n\n')}

Tables about nobody: ${Object.entries(personalData)
    .filter(([, { kind }]) => kind === 'none')
    .map(([name]) => `\`${name}\``)
    .join(', ')}.
`;
}

function tableOf(kind: string): string {
  const rows = Object.entries(personalData)
    .filter(([, data]) => data.kind === kind)
    .map(([name, { personal, hashed, linked, erasure, keep }]) => [
      `\`${name}\``,
      columnsOf(personal).join(', ') || '–',
      [...columnsOf(hashed), ...columnsOf(linked)].join(', ') || '–',
      words[`register.erasure.${erasure}`] ?? erasure,
      words[`register.keep.${keep}`] ?? keep,
    ]);
  return table(['table', 'personal columns', 'hashes, numbers, random keys', 'at erasure', 'kept'], rows);
}

function periods(kept: object, limits: Readonly<Record<string, readonly [number, number]>>): string {
  return table(
    ['setting', 'what', 'default', 'least', 'most'],
    Object.entries(kept).map(([kind, count]: [string, number | null]) => [
      `\`${kind}\``,
      `${words[`retention.kind.${kind}`]}. ${words[`retention.about.${kind}`]}`,
      days(count),
      days(limits[kind]?.[0] ?? null),
      days(limits[kind]?.[1] ?? null),
    ]),
  );
}

function days(count: number | null): string {
  return count === null ? 'no end' : `${count} days`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
