/** Behind the code: everything a shop holds of a person, and what they may say about it. */
import type { BasisHistoryRow } from '#contract/profile.ts';
import { sessionMinutes } from '#store/person-access.ts';
import type { OwnBasis, OwnPage } from '#views/person-page.ts';
import { type Html, html } from './html.ts';
import { type Frame, frame, hiddenFields, textOf } from './person-page.ts';

const act = '/my-data/session/act';

export interface OwnSession {
  readonly shop: string;
  /** What every form carries. */
  readonly secret: string;
}

export function renderOwn(framed: Frame, session: OwnSession, pages: readonly OwnPage[]): string {
  const { say } = framed.voice;
  return frame(
    framed,
    say('person.own.title', { shop: session.shop }),
    html`<p class="note">${say('person.own.open', { minutes: sessionMinutes })}</p>
${pages.map((one, place) => renderOne(framed, session, one, pages.length === 1 ? null : say('person.own.file', { n: place + 1, count: pages.length })))}`,
  );
}

function renderOne({ voice }: Frame, session: OwnSession, own: OwnPage, heading: string | null): Html {
  const { say, word, time, language } = voice;
  const { profile } = own;
  const { zone } = profile;
  const fields = { session: session.secret, profile: profile.id, lang: language };
  const button = (what: string, label: string, name: string, more: Readonly<Record<string, string | number>>): Html =>
    html`<form method="post" action="${act}">${hiddenFields({ ...fields, what, ...more })}<button class="plain" aria-label="${name}">${label}</button></form>`;
  const day = (at: number) => time(at, zone);

  function renderBasis({ basis, status, since, offers, why }: OwnBasis): Html {
    const text = textOf(basis, language);
    const version = { basis: basis.id, version: basis.textVersion };
    return html`<li data-testid="own-basis" data-basis="${basis.id}" data-status="${status}"><strong>${basis.name}</strong> : ${word('status', status)}${since === null ? null : html` <span class="note">${say('person.own.since', { date: day(since) })}</span>`}
<br><span class="note">${[word('ground', basis.ground), ...basis.channels.map((channel) => word('channel', channel))].join(' · ')}</span>
${basis.description === '' ? null : html`<br>${basis.description}`}
${text === null ? null : html`<br><span lang="${text.lang}">${text.text}</span>`}
${basis.ground === 'contract' ? html`<p class="note">${say('person.stop.contract')}</p>` : null}
${why === null ? null : html`<p class="note">${word('reason', why)}</p>`}
${basis.kind === 'legal' && offers.includes('refused') ? html`<p class="note">${say('person.stop.final')}</p>` : null}
${status === 'to confirm' ? html`<p class="note">${say('person.own.waiting')}</p>` : null}
<div class="row">
${offers.includes('accepted') ? button('accepted', say('person.own.accept'), say('person.own.acceptLabel', { basis: basis.name }), version) : null}
${offers.includes('refused') ? button('refused', say('person.own.refuse'), say('person.own.refuseLabel', { basis: basis.name }), version) : null}
${status === 'to confirm' ? button('resend', say('person.own.resend'), say('person.own.resend'), version) : null}
</div></li>`;
  }

  function renderHistory(row: BasisHistoryRow): Html {
    if (row.why !== null)
      return html`<li data-why="${row.why}">${day(row.at)} · <strong>${row.name}</strong> : ${say('basis.history.refused', { asked: word('status', row.to), status: word('status', row.from) })} <span class="note">${word('cause', row.cause)}</span><br>${word('reason', row.why)}</li>`;
    return html`<li>${day(row.at)} · <strong>${row.name}</strong> : ${say('basis.history.entry', { from: word('status', row.from), to: word('status', row.to) })} <span class="note">${word('cause', row.cause)}</span></li>`;
  }

  const facts: readonly (readonly [string, string | null])[] = [
    [word('field', 'email'), profile.email],
    ...Object.entries(profile.fields).map(([field, value]) => [word('field', field), value] as const),
    ...Object.entries(profile.custom).map(
      ([id, value]) => [profile.customNames[id] ?? say('profile.custom', { name: id }), value] as const,
    ),
    ...profile.identifiers.map(
      (one) =>
        [say(one.kind === 'email' ? 'profile.identifier.email' : 'profile.identifier.external'), one.value] as const,
    ),
    [say('profile.tags'), profile.tags.join(', ')],
  ];
  return html`${heading === null ? null : html`<h2>${heading}</h2>`}
<section class="card"><h2>${say('person.own.choices')}</h2><ul class="plain">${own.bases.map(renderBasis)}</ul></section>
<section class="card"><h2>${say('person.own.channels')}</h2><ul class="plain">${own.channels.map(
    ({
      channel,
      objected,
    }) => html`<li data-testid="own-channel" data-channel="${channel}" data-objected="${String(objected)}"><strong>${word('channel', channel)}</strong>
${objected ? html`<br>${say('person.own.objected')} <span class="note">${say('person.own.lift')}</span>` : html`<div class="row">${button('object', say('person.own.object'), say('person.own.objectLabel', { channel: word('channel', channel) }), { channel })}</div>`}</li>`,
  )}</ul></section>
<section class="card"><h2>${say('person.own.data')}</h2><dl>${facts
    .filter(([, value]) => value !== null && value !== '')
    .map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl></section>
<section class="card"><h2>${say('person.own.orders')}</h2>${
    profile.orders.length === 0
      ? html`<p>${say('person.own.noOrders')}</p>`
      : html`<ul class="plain">${profile.orders.map((order) => html`<li>${say('person.own.order', { number: order.number ?? order.key })} <span class="note">${day(order.placedAt)}</span></li>`)}</ul>`
  }</section>
<section class="card"><h2>${say('person.own.history')}</h2>${
    profile.history.length === 0
      ? html`<p>${say('person.own.noHistory')}</p>`
      : html`<ul class="plain">${profile.history.map(renderHistory)}</ul>`
  }</section>
<section class="card"><h2>${say('person.own.download')}</h2>
<p>${say('person.own.downloadHelp', { shop: session.shop })}</p>
${button('download', say('person.own.download'), say('person.own.download'), {})}</section>
<section class="card"><h2>${say('person.own.erase')}</h2>
<p>${say('person.own.eraseHelp', { shop: session.shop })}</p>
<form method="post" action="${act}">${hiddenFields({ ...fields, what: 'erase' })}
<label class="check"><input type="checkbox" name="sure" value="yes" required><span>${say('person.own.eraseSure')}</span></label>
<button class="plain">${say('person.own.erase')}</button></form></section>`;
}
