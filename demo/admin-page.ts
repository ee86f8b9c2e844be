import { type Html, html } from './html.ts';
import type { Page, View } from './layout.ts';
import type { Call, Order, ShopState } from './shop-state.ts';
import { money, say, type TextKey } from './texts.ts';

/** The merchant's side: what was ordered, the buttons that change it, and what became of each server call. */
export function adminPage({ language }: View, state: ShopState): Page {
  const t = (key: TextKey): string => say(language, key);
  const orders = [...state.orders.values()].reverse().slice(0, 50);
  return {
    title: t('admin.title'),
    body: html`<h1>${t('admin.title')}</h1><p class="soft">${t('admin.text')}</p>
${orders.length === 0 && html`<p class="panel" data-testid="demo-admin-empty">${t('admin.empty')}</p>`}
<ul class="orders">${orders.map((order) => orderRow(language, order))}</ul>
${state.accountCalls.length > 0 && html`<p></p><section class="panel"><h2>${t('admin.accounts')}</h2>${callList(language, state.accountCalls)}</section>`}`,
  };
}

function orderRow(language: View['language'], order: Order): Html {
  const { reference, buyer } = order;
  const t = (key: TextKey): string => say(language, key);
  const change = (state: string, key: TextKey, name: string): Html =>
    html`<button class="quiet" name="state" value="${state}" data-testid="demo-${name}">${t(key)}</button>`;
  const time = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    timeZone: 'Europe/Paris',
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(order.placedAt);
  return html`<li class="panel" data-testid="demo-admin-order" data-reference="${reference}">
<div class="head"><span class="reference">${reference}</span><span class="badge" data-testid="demo-admin-state" data-state="${order.state}">${t(`state.${order.state}`)}</span><span>${money(language, order.amountMinor)}</span><span class="soft small">${buyer.firstname} ${buyer.name.slice(0, 1)}. · ${time}</span></div>
<div class="actions"><form method="post" action="/demo/admin/orders/${reference}/state" class="modes">${change('20', 'admin.paid', 'paid')}${change('50', 'admin.ship', 'ship')}${change('0', 'admin.cancel', 'cancel')}</form>
<form method="post" action="/demo/admin/orders/${reference}/again"><button class="quiet" data-testid="demo-again">${t('admin.again')}</button></form></div>
${order.calls.length === 0 ? html`<span class="soft small">${t('admin.none')}</span>` : callList(language, order.calls)}</li>`;
}

function callList(language: View['language'], calls: readonly Call[]): Html {
  return html`<ul class="calls" aria-label="${say(language, 'admin.calls')}">${calls.map((call) => {
    const open = call.done < call.times;
    const times = call.times > 1 ? ` × ${call.done}/${call.times}` : '';
    const outcome = open ? say(language, 'admin.sending') : (call.error ?? String(call.status));
    return html`<li data-testid="demo-call" data-done="${String(!open)}">${call.method}${call.state !== null && ` ${call.state}`}${times} → <span class="${open ? 'soft' : call.error === null ? 'ok' : 'failed'}" data-testid="demo-call-outcome">${outcome}</span></li>`;
  })}</ul>`;
}
