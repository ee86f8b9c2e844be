/** The pages a person meets: a question behind a mailed link, a code, and behind the code everything about them. */
import { maskEmail } from '#contract/mask.ts';
import { speak, type Voice } from '#contract/messages/speak.ts';
import type { BasisDefinition } from '#domain/settings.ts';
import type { MailedLink } from '#views/confirmation.ts';
import type { Reached } from '#views/person-page.ts';
import { type Html, html, page } from './html.ts';

/** What is said at the top of a page: what was done, or why it was not. */
export interface Message {
  readonly text: string;
  readonly wrong?: boolean;
}

/** What every page has: its words, and where the other language is; `other` null: it came from a form, and says so in its own. */
export interface Frame {
  readonly voice: Voice;
  readonly other: string | null;
  readonly message: Message | null;
}

export function frame({ voice, other, message }: Frame, title: string, body: Html): string {
  const { say, language } = voice;
  const elsewhere = language === 'fr' ? 'en' : 'fr';
  return page(
    language,
    title,
    html`<main>
${other === null ? null : html`<p class="lang"><a href="${other}" hreflang="${elsewhere}" lang="${elsewhere}">${elsewhere === 'en' ? 'English' : 'Français'}</a></p>`}
<h1>${title}</h1>
${message === null ? null : html`<p class="said${message.wrong === true ? ' wrong' : ''}" role="${message.wrong === true ? 'alert' : 'status'}" data-testid="said">${message.text}</p>`}
${body}
<p class="note">${say('person.page.privacy')}</p>
</main>`,
  );
}

/** A page that says one thing. */
export function renderNotice(voice: Voice, title: string, text: string): string {
  return frame({ voice, other: null, message: null }, title, html`<p data-testid="notice">${text}</p>`);
}

export function hiddenFields(fields: Readonly<Record<string, string | number>>): readonly Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/** What people read of a basis, with the language it is in. */
export function textOf(
  basis: BasisDefinition,
  language: string,
): { readonly text: string; readonly lang: string } | null {
  const own = basis.texts[language];
  const [other] = Object.entries(basis.texts);
  if (own !== undefined) return { text: own, lang: language };
  return other === undefined ? null : { text: other[1], lang: other[0] };
}

export function renderConfirm(framed: Frame, link: MailedLink): string {
  const { say, word, language, time } = framed.voice;
  const text = textOf(link.basis, language);
  const { basis } = link;
  return frame(
    framed,
    say('person.confirm.title'),
    html`<p>${say('person.confirm.lead', { shop: link.shop, basis: basis.name })}</p>
<dl>
<dt>${say('person.page.address')}</dt><dd data-testid="address">${maskEmail(link.email)}</dd>
<dt>${say('person.confirm.channels')}</dt><dd>${basis.channels.map((channel) => word('channel', channel)).join(', ')}</dd>
</dl>
<h2>${say('person.confirm.text')}</h2>
${basis.description === '' ? null : html`<p>${basis.description}</p>`}
${text === null ? html`<p>${say('person.confirm.noText')}</p>` : html`<blockquote class="card" lang="${text.lang}" data-testid="wording">${text.text}</blockquote>`}
<form method="post"><div class="row">${hiddenFields({ lang: language, version: basis.textVersion })}
<button name="answer" value="yes">${say('person.confirm.yes')}</button>
<button name="answer" value="no" class="plain">${say('person.confirm.no')}</button>
</div></form>
<p class="note">${say('person.confirm.until', { date: time(link.endsAt, link.zone) })}</p>`,
  );
}

/** `stop`: where the person's own link leads. */
export function renderConfirmed(framed: Frame, title: string, stop: string): string {
  return frame(framed, title, html`<p><a href="${stop}">${framed.voice.say('person.page.toStop')}</a></p>`);
}

export function renderStop(framed: Frame, reached: Reached): string {
  const { say, word, language } = framed.voice;
  const { shop, bases, present } = reached;
  const line = (basis: BasisDefinition): Html => {
    const use = textOf(basis, language);
    const channels = basis.channels.map((channel) => word('channel', channel)).join(', ');
    const about = html`<strong>${basis.name}</strong> <span class="note">${channels}</span>
${basis.description === '' ? null : html`<br>${basis.description}`}${use === null ? null : html`<br><span class="note" lang="${use.lang}">${use.text}</span>`}`;
    if (basis.ground === 'contract')
      return html`<li>${about}<br><span class="note">${say('person.stop.contract')}</span></li>`;
    const final = basis.kind === 'legal' ? html`<br><span class="note">${say('person.stop.final')}</span>` : null;
    return html`<li><label class="check"><input type="checkbox" name="basis" value="${basis.id}"><span>${about}${final}</span></label></li>`;
  };
  return frame(
    framed,
    say('person.stop.title'),
    html`<dl><dt>${say('person.page.address')}</dt><dd data-testid="address">${maskEmail(reached.email)}</dd></dl>
<section class="card"><h2>${say('person.stop.one')}</h2>
<p>${say('person.stop.oneHelp', { shop })}</p>
<form method="post">${hiddenFields({ lang: language, what: 'stop' })}<button>${say('person.stop.oneAction')}</button></form></section>
${
  present
    ? html`<section class="card"><h2>${say('person.stop.refuse')}</h2>
<form method="post">${hiddenFields({ lang: language, what: 'refuse' })}
<fieldset><legend class="note">${say('person.stop.refuseHelp')}</legend><ul class="plain">${bases.map(line)}</ul></fieldset>
<button class="plain">${say('person.stop.refuseAction')}</button></form></section>
<section class="card"><h2>${say('person.stop.more')}</h2>
<p>${say('person.stop.moreHelp')}</p>
<form method="post">${hiddenFields({ lang: language, what: 'code' })}<button class="plain">${say('person.code.send')}</button></form></section>`
    : null
}`,
  );
}

export function renderAsk(framed: Frame, shop: string): string {
  const { say, language } = framed.voice;
  return frame(
    framed,
    say('person.ask.title', { shop }),
    html`<p>${say('person.ask.lead', { shop })}</p>
<form method="post">${hiddenFields({ lang: language })}
<label for="email">${say('person.ask.email')}</label>
<input id="email" name="email" type="email" autocomplete="email" required maxlength="254">
<p><button>${say('person.code.send')}</button></p></form>`,
  );
}

/** `again`: where another code is asked for. */
export function renderCode(
  framed: Frame,
  { shop, access, again, minutes }: { shop: string; access: string; again: string; minutes: number },
): string {
  const { say, language } = framed.voice;
  return frame(
    framed,
    say('person.code.title'),
    html`<p>${say('person.code.sent', { shop, minutes })}</p>
<form method="post" action="/my-data/session/open">${hiddenFields({ lang: language, access, again })}
<label for="code">${say('person.code.label')}</label>
<input id="code" class="code" name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="12">
<p><button>${say('person.code.open')}</button></p></form>
<p><a href="${again}">${say('person.code.again')}</a></p>`,
  );
}

export function voiceOf(language: string | null | undefined, otherwise: string | null | undefined): Voice {
  const wanted = language === 'fr' || language === 'en' ? language : (otherwise ?? '');
  return speak(/^en(?![a-z])/i.test(wanted) ? 'en' : 'fr');
}
