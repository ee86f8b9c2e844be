import { en } from '#contract/messages/en.ts';
import { fr } from '#contract/messages/fr.ts';
import type { DeskApp } from './desk.ts';
import { type Desk, headersOf } from './desk.ts';

/**
 * `GET /boi?token=…` (legacy wire §2.6): signs in once with what GetToken gave, and goes on to the back office. Browsers keep no cookie of
 * ours inside another site's frame, and our screens refuse to be framed: there, a page with a link that opens the same address outside.
 */
export function boiRoute(app: DeskApp, desk: Desk): void {
  const limitAddress = app.createRateLimit({ max: 60, timeWindow: 5 * 60_000 });
  app.get('/boi', async (request, reply) => {
    reply.header('referrer-policy', 'no-referrer');
    const token = tokenOf(request.query);
    const destination = request.headers['sec-fetch-dest'];
    if (destination === 'iframe' || destination === 'frame') {
      const words = /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? en : fr;
      return reply
        .headers({
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'",
        })
        .send(framedPage(words, token));
    }
    // Somebody signed in stays who they are: another site's link must not change that.
    if ((await desk.auth.findSession(headersOf(request))) !== null) return reply.redirect('/', 303);
    const limit = await limitAddress(request);
    const over = !limit.isAllowed && limit.isExceeded;
    const signedIn = token === '' || over ? null : await desk.auth.signInWithLink(token, headersOf(request));
    if (signedIn === null) return reply.redirect('/sign-in', 303);
    if ('challenge' in signedIn) return reply.redirect(`/sign-in/code#${signedIn.challenge}`, 303);
    return reply.header('set-cookie', [...signedIn.cookies]).redirect('/', 303);
  });
}

function tokenOf(query: unknown): string {
  const token = typeof query === 'object' && query !== null && 'token' in query ? query.token : '';
  return typeof token === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(token) ? token : '';
}

/** `token` has no character that HTML knows. */
function framedPage(words: Pick<typeof fr, 'module.framed' | 'module.open'>, token: string): string {
  return `<!doctype html><html lang="${words === en ? 'en' : 'fr'}"><meta charset="utf-8"><title>Spread Tracker</title>
<p>${words['module.framed']}</p>
<p><a href="/boi?token=${token}" target="_blank" rel="noopener noreferrer">${words['module.open']}</a></p></html>`;
}
