import { type Html, html, trusted } from './html.ts';
import { cartCount, type Mode, type Session } from './shop-state.ts';
import { snippet } from './snippet.ts';
import { style } from './style.ts';
import { type Language, money, say, type TextKey } from './texts.ts';

/** What every page knows. */
export interface View {
  readonly language: Language;
  readonly session: Session;
  readonly mode: Mode;
  /** Path and query of the page, without the language. */
  readonly path: string;
  readonly nonce: string;
  readonly collectorUrl: string;
  readonly publicKey: string;
}

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly sporder?: Readonly<Record<string, string>> | null;
}

const modes: readonly Mode[] = ['browser', 'server', 'both'];

export function layout(view: View, page: Page): Html {
  const { language, session, nonce } = view;
  const t = (key: TextKey): string => say(language, key);
  const other = language === 'fr' ? 'en' : 'fr';
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · Maison Garrigue</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${trusted(style)}</style>
${snippet({ ...view, sporder: page.sporder ?? null })}
</head>
<body>
<div class="note">${t('shop.demo')}</div>
<header class="top"><div class="wrap">
<a class="brand" href="/demo" data-testid="demo-home">Maison <span>Garrigue</span></a>
<nav>
${
  session.account === null
    ? html`<a href="/demo/sign-up" data-testid="demo-nav-account">${t('nav.account')}</a>`
    : html`<span data-testid="demo-nav-hello">${t('nav.hello')} ${session.account.firstname}</span>`
}
<a href="/demo/admin" data-testid="demo-nav-admin">${t('nav.admin')}</a>
<a href="${view.path}?lang=${other}" lang="${other}" data-testid="demo-language">${t('nav.language')}</a>
<a href="/demo/cart" data-testid="demo-nav-cart">${t('nav.cart')}<span class="count" data-testid="demo-cart-count">${cartCount(session)}</span></a>
</nav></div></header>
<main class="wrap">${page.body}</main>
<footer><div class="wrap">
<div><h2>${t('newsletter.title')}</h2><p class="soft">${t('newsletter.text')}</p>
<form class="inline" method="post" action="/demo/newsletter"><input type="email" name="email" required maxlength="200" autocomplete="email" aria-label="${t('field.email')}" placeholder="${t('field.email')}" data-testid="demo-newsletter-email"><button data-testid="demo-newsletter-submit">${t('newsletter.submit')}</button></form></div>
<div><h2>${t('mode.title')}</h2>
<form class="modes" method="post" action="/demo/mode">${modes.map(
    (mode) =>
      html`<button class="quiet" name="mode" value="${mode}" aria-pressed="${String(mode === view.mode)}" data-testid="demo-mode-${mode}">${t(`mode.${mode}`)}</button>`,
  )}</form></div>
</div></footer>
</body></html>`;
}

export function sum(language: Language, label: string, minor: number, total = false): Html {
  return html`<div class="sum ${total && 'total'}"><span>${label}</span><span ${total && html`data-testid="demo-total"`}>${money(language, minor)}</span></div>`;
}
