import type { Voice } from '#contract/messages/speak.ts';
import type { Proof, ProofChange } from '#contract/proof.ts';
import { type Html, html, page } from './html.ts';

/** The proof as a person reads and prints it. */
export function renderReceipt({ language, say, word, time }: Voice, proof: Proof, now: number): string {
  const { basis, profile, shop, zone } = proof;
  const pair = (label: string, value: string | Html | null): Html | null =>
    value === null || value === '' ? null : html`<dt>${label}</dt><dd>${value}</dd>`;
  const list = (words: readonly string[]) => words.join(', ');
  const title = say('receipt.title', { basis: basis.name });
  return page(
    language,
    title,
    html`
<h1>${title}</h1>
<dl>
${pair(say('receipt.shop'), shop.name)}
${pair(say('receipt.person'), profile.email ?? say('profile.unnamed', { id: profile.id }))}
${pair(say('receipt.subject'), html`<span class="mono">${profile.subjectKey}</span>`)}
${pair(say('receipt.status'), html`<strong>${word('status', proof.status)}</strong>`)}
${pair(say('receipt.since'), proof.since === null ? null : time(proof.since, zone))}
${pair(say('basisPage.ground'), word('ground', basis.ground))}
${pair(say('basisPage.description'), basis.description)}
${pair(say('basisPage.purposes'), list(basis.purposes.map((one) => word('purpose', one))))}
${pair(say('basisPage.channels'), list(basis.channels.map((one) => word('channel', one))))}
</dl>
<h2>${say('receipt.changes')}</h2>
${proof.changes.length === 0 ? html`<p>${say('profile.noHistory')}</p>` : proof.changes.map((change) => renderChange(change))}
<p class="note">${say('receipt.made', { date: time(now, zone), zone })}</p>
`,
  );

  function renderChange(change: ProofChange): Html {
    const { evidence } = change;
    const texts = Object.entries(change.texts).map(([code, text]) => html`<span lang="${code}">${text}</span><br>`);
    return html`<section class="card">
<strong>${say('basis.history.entry', { from: word('status', change.from), to: word('status', change.to) })}</strong>
<dl>
${pair(say('receipt.at'), time(change.at, zone))}
${pair(say('receipt.arrived'), time(change.arrivedAt, zone))}
${pair(say('receipt.act'), [word('cause', change.cause), change.by].filter((part) => part !== null).join(' · '))}
${pair(say('receipt.source'), word('source', change.source.split(':')[0] ?? change.source))}
${pair(say('receipt.text', { version: change.textVersion ?? '–' }), texts.length === 0 ? say('receipt.noText') : html`${texts}`)}
${pair(say('receipt.wording'), evidence?.wording ?? null)}
${pair(say('receipt.page'), evidence?.page ?? null)}
${pair(say('receipt.form'), evidence?.form ?? null)}
${pair(say('receipt.ip'), evidence?.ip ?? null)}
${pair(say('receipt.agent'), evidence?.agent ?? null)}
${pair(say('basis.set.reason'), evidence?.reason ?? null)}
${pair(say('receipt.evidence'), change.evidenceErasedAt === null ? null : say('receipt.evidenceErased', { date: time(change.evidenceErasedAt, zone) }))}
${pair(say('receipt.chain'), change.chainN === null ? say('receipt.check.unchained') : `n° ${change.chainN} · ${say(`receipt.check.${change.check}`)}`)}
${pair('SHA-256', change.chainHash === null ? null : html`<span class="mono">${change.chainHash}</span>`)}
</dl>
</section>`;
  }
}
