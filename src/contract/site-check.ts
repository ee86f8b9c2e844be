/** What a look at one page of the shop tells about the installation. Words are in contract/messages (`siteCheck.found.<code>`). */
import { type Static, Type } from '@sinclair/typebox';

/** In the order they are told; the level says how it stands. */
export const siteFindings = {
  'page.unreachable': 'error',
  'page.status': 'error',
  'page.cut': 'warning',
  'script.ours': 'ok',
  'script.spread': 'error',
  'script.elsewhere': 'error',
  'script.tag_manager': 'warning',
  'script.none': 'error',
  'form.legacy': 'ok',
  'form.modern': 'ok',
  'key.this': 'ok',
  'key.other': 'error',
  'key.none': 'error',
  'domain.unlisted': 'error',
  'cookies.possible': 'ok',
  'cookies.no_https': 'warning',
  'cookies.off': 'warning',
  'csp.inline': 'error',
  'csp.script': 'error',
  'csp.calls': 'error',
  'csp.passes': 'ok',
  'csp.none': 'ok',
} as const;

export type SiteFinding = keyof typeof siteFindings;

export const SiteCheckBody = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: 2000 }) },
  { additionalProperties: false },
);
export type SiteCheckBody = Static<typeof SiteCheckBody>;

export const SiteCheck = Type.Object({
  /** Where the page was, after redirects. */
  url: Type.String(),
  status: Type.Union([Type.Integer(), Type.Null()]),
  /** A code of `contract/outbound.ts`; null: the page answered. */
  failure: Type.Union([Type.String(), Type.Null()]),
  findings: Type.Array(
    Type.Object({
      code: Type.String(),
      level: Type.Union([Type.Literal('ok'), Type.Literal('warning'), Type.Literal('error')]),
      /** What was found: a key, a host, a directive. */
      detail: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
export type SiteCheck = Static<typeof SiteCheck>;
