import type { Voice } from '#contract/messages/speak.ts';
import type { Register } from '#contract/register.ts';
import { type Html, html, page } from './html.ts';

const measures = [
  'tenant',
  'secrets',
  'hashes',
  'roles',
  'audit',
  'ledger',
  'minimal',
  'transport',
  'erasure',
] as const;
const duties = ['instructions', 'secrecy', 'help', 'breach', 'end', 'subprocessors'] as const;

/** The register as one prints it, or the annex of the processor's contract: what only people know is left to be filled in. */
export function renderRegister(voice: Voice, register: Register, what: 'register' | 'annex'): string {
  const { language, say, word, time } = voice;
  const title = say(what === 'register' ? 'register.title' : 'register.annexTitle', { shop: register.shop.name });
  const blank = html`<span class="note">${say('register.blank')}</span>`;
  const pair = (label: string, value: string | Html): Html => html`<dt>${label}</dt><dd>${value}</dd>`;
  const list = (items: readonly string[]) => (items.length === 0 ? '–' : items.join(', '));
  const kept = ({ keep, days }: Register['data'][number]['keeps'][number]): string =>
    days === null ? word('register.keep', keep) : `${word('register.keep', keep)} : ${say('register.days', { days })}`;
  const raw = register.data.flatMap(({ keeps }) => keeps).find(({ keep }) => keep === 'rawDays')?.days ?? 0;
  const date = time(Date.parse(register.madeAt), register.zone);
  return page(
    language,
    title,
    html`
<h1>${title}</h1>
<p class="note">${say('register.made', { date, version: register.settingsVersion })}</p>
<h2>${say('register.parties')}</h2>
<dl>
${pair(say('register.controller'), html`${register.shop.name} ${blank}`)}
${pair(say('register.dpo'), blank)}
${what === 'annex' ? pair(say('register.processor'), blank) : null}
${what === 'annex' ? pair(say('register.subject'), say('register.subjectText')) : null}
${what === 'annex' ? pair(say('register.duration'), say('register.durationText')) : null}
${pair(say('register.people'), say('register.peopleText'))}
${pair(say('register.transfers'), say('register.transfersText'))}
</dl>
<h2>${say('register.activities')}</h2>
${register.activities
  .filter(({ active, accepted }) => active || accepted > 0)
  .map(
    (one) => html`<section class="card"><strong>${one.name}</strong>
<dl>
${pair(say('register.purpose'), one.description === '' ? blank : one.description)}
${pair(say('register.ground'), word('ground', one.ground))}
${one.balanceTest === null ? null : pair(say('register.balance'), one.balanceTest)}
${pair(say('register.uses'), list(one.purposes.map((use) => word('purpose', use))))}
${pair(say('register.channels'), list(one.channels.map((channel) => word('channel', channel))))}
${one.expiryDays === null ? null : pair(say('register.expiry'), say('register.days', { days: one.expiryDays }))}
${pair(say('register.accepted'), String(one.accepted))}
</dl></section>`,
  )}
<h2>${say('register.data')}</h2>
${register.data.map(
  (one) => html`<section class="card"><strong>${word('register.kind', one.kind)}</strong>
<dl>
${pair(say('register.kept'), list(one.keeps.map(kept)))}
${pair(say('register.erasure'), list(one.erasure.map((how) => word('register.erasure', how))))}
${pair(say('register.tables'), html`<span class="mono">${list(one.tables)}</span>`)}
</dl></section>`,
)}
<h2>${say('register.recipients')}</h2>
<ul>
${register.team.map(({ role, members }) => html`<li>${say('register.member', { role: word('role', role), members })}</li>`)}
${register.recipients.map(({ name, host, active }) => html`<li>${name} (${host})${active ? '' : ` · ${say('register.paused')}`}</li>`)}
</ul>
<h2>${say('register.measures')}</h2>
<ul>${measures.map((one) => html`<li>${say(`register.measure.${one}`, { raw })}</li>`)}</ul>
${what === 'annex' ? html`<h2>${say('register.duties')}</h2><ul>${duties.map((one) => html`<li>${say(`register.duty.${one}`)}</li>`)}</ul>` : null}
`,
  );
}
