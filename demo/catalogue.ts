import { type Html, html } from './html.ts';
import type { Language } from './texts.ts';

export interface Product {
  readonly slug: string;
  readonly priceMinor: number;
  readonly name: Readonly<Record<Language, string>>;
  readonly line: Readonly<Record<Language, string>>;
  readonly about: Readonly<Record<Language, string>>;
  readonly picture: Html;
}

export const products: readonly Product[] = [
  {
    slug: 'savon',
    priceMinor: 690,
    name: { fr: "Savon à l'huile d'olive", en: 'Olive oil soap' },
    line: { fr: 'Cube de 300 g, cuit au chaudron', en: '300 g block, kettle-boiled' },
    about: {
      fr: "Cuit dix jours au chaudron, séché à l'air du mistral et estampillé à la main. Sans parfum, pour toute la maison.",
      en: 'Ten days in the kettle, dried by the mistral and stamped by hand. Unscented, for the whole house.',
    },
    picture: scene(
      '#b9c7a3',
      html`<g transform="translate(100 104)"><path d="M-46-22 0-46 46-22 0 2Z" fill="#dfe4c4"/><path d="M-46-22 0 2v52l-46-24Z" fill="#a9b384"/><path d="M46-22 0 2v52l46-24Z" fill="#8d9a69"/><path d="M-30 2-16 9M-30 12-16 19" stroke="#7b8758" stroke-width="4" stroke-linecap="round"/></g>`,
    ),
  },
  {
    slug: 'huile',
    priceMinor: 2190,
    name: { fr: "Huile d'olive vierge extra", en: 'Extra virgin olive oil' },
    line: { fr: 'Bouteille de 50 cl, récolte de novembre', en: '50 cl bottle, November harvest' },
    about: {
      fr: 'Aglandau et salonenque, pressées le jour même. Un goût d’artichaut cru et d’herbe coupée.',
      en: 'Aglandau and salonenque olives, pressed on the day. Tastes of raw artichoke and cut grass.',
    },
    picture: scene(
      '#e3cf8e',
      html`<path d="M90 34h20v26c0 10 18 14 18 34v62a8 8 0 0 1-8 8H80a8 8 0 0 1-8-8V94c0-20 18-24 18-34Z" fill="#5f6f37"/><rect x="88" y="24" width="24" height="14" rx="3" fill="#3f3a2a"/><rect x="72" y="104" width="56" height="38" fill="#f6efdb"/><ellipse cx="94" cy="124" rx="8" ry="11" fill="#7d8c46"/><path d="M100 116q14-10 18-2-8 8-18 2Z" fill="#a5b06a"/>`,
    ),
  },
  {
    slug: 'miel',
    priceMinor: 1250,
    name: { fr: 'Miel de lavande', en: 'Lavender honey' },
    line: { fr: 'Pot de 500 g, plateau de Valensole', en: '500 g jar, Valensole plateau' },
    about: {
      fr: 'Récolté fin juillet, jamais chauffé. Clair, crémeux, et très vite fini.',
      en: 'Gathered at the end of July and never heated. Pale, creamy, and soon gone.',
    },
    picture: scene(
      '#cabfe0',
      html`<rect x="62" y="62" width="76" height="96" rx="14" fill="#e9a83b"/><rect x="62" y="62" width="76" height="28" rx="12" fill="#f6cf74"/><rect x="58" y="44" width="84" height="22" rx="6" fill="#6b4f86"/><rect x="72" y="100" width="56" height="40" rx="4" fill="#fff7e3"/><path d="M100 132v-22m-7 6 7 5 7-5m-14-6 7 5 7-5" fill="none" stroke="#7d63a5" stroke-width="4" stroke-linecap="round"/>`,
    ),
  },
  {
    slug: 'tisane',
    priceMinor: 890,
    name: { fr: 'Tisane du soir', en: 'Evening infusion' },
    line: { fr: 'Verveine, tilleul et fleur d’oranger', en: 'Verbena, lime blossom, orange flower' },
    about: {
      fr: 'Trois plantes, rien d’autre. Une cuillère par tasse, sept minutes, et la journée est finie.',
      en: 'Three plants and nothing else. One spoon a cup, seven minutes, and the day is over.',
    },
    picture: scene(
      '#efc7b4',
      html`<path d="M52 92h84v26c0 24-18 40-42 40s-42-16-42-40Z" fill="#c4614a"/><path d="M136 100c26-4 26 34-6 34" fill="none" stroke="#c4614a" stroke-width="9"/><ellipse cx="94" cy="92" rx="42" ry="10" fill="#8f3f2f"/><ellipse cx="94" cy="93" rx="34" ry="7" fill="#d9a441"/><path d="M80 72q-10-12 0-22t0-20M106 72q-10-12 0-22t0-20" fill="none" stroke="#fff6ee" stroke-width="5" stroke-linecap="round"/>`,
    ),
  },
  {
    slug: 'bougie',
    priceMinor: 3200,
    name: { fr: 'Bougie figuier', en: 'Fig tree candle' },
    line: { fr: 'Cire de colza, 45 heures', en: 'Rapeseed wax, 45 hours' },
    about: {
      fr: 'La feuille froissée plutôt que le fruit. Coulée à la main dans un verre qui resservira.',
      en: 'The crushed leaf rather than the fruit. Hand-poured in a glass made to be used again.',
    },
    picture: scene(
      '#a9c4bd',
      html`<path d="M100 30q16 20 0 36-16-16 0-36Z" fill="#f2b64c"/><path d="M100 60v18" stroke="#3c3a35" stroke-width="4"/><rect x="58" y="76" width="84" height="84" rx="10" fill="#35584f"/><rect x="58" y="76" width="84" height="14" rx="7" fill="#e9ece2"/><rect x="74" y="106" width="52" height="34" fill="#f3efe2"/><path d="M100 134v-12m0 0q-14-2-10-12 8 0 10 8 2-8 10-8 4 10-10 12Z" fill="none" stroke="#35584f" stroke-width="3.5" stroke-linejoin="round"/>`,
    ),
  },
  {
    slug: 'torchon',
    priceMinor: 1790,
    name: { fr: 'Torchon en lin', en: 'Linen tea towel' },
    line: { fr: 'Lavé, 50 × 70 cm', en: 'Washed, 50 × 70 cm' },
    about: {
      fr: 'Lin français tissé à Gérardmer. Il boit l’eau dès le premier jour et s’adoucit pendant dix ans.',
      en: 'French linen woven in Gérardmer. Dries from the first day and gets softer for ten years.',
    },
    picture: scene(
      '#d8c3b5',
      html`<path d="M60 40h80v112l-10 8-10-8-10 8-10-8-10 8-10-8-10 8-10-8Z" fill="#f7f1e6"/><path d="M74 40v114M80 40v117M126 40v116M120 40v113" stroke="#b4472f" stroke-width="3"/><path d="M60 128h80M60 134h80" stroke="#b4472f" stroke-width="3"/><circle cx="100" cy="36" r="7" fill="none" stroke="#7b6a58" stroke-width="4"/>`,
    ),
  },
];

export function findProduct(slug: string): Product | null {
  return products.find((product) => product.slug === slug) ?? null;
}

function scene(ground: string, drawing: Html): Html {
  return html`<svg viewBox="0 0 200 200" aria-hidden="true" focusable="false"><rect width="200" height="200" fill="${ground}"/><circle cx="160" cy="40" r="56" fill="#fff" opacity=".18"/><ellipse cx="100" cy="168" rx="62" ry="9" fill="#000" opacity=".13"/>${drawing}</svg>`;
}
