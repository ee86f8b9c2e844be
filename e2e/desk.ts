/** A signed-in member of the team, without a browser. */
import type { TestProgram } from './harness.ts';

export interface TestDesk {
  /** Answers the JSON of a call of the back office; `status` beside it. */
  call<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; json: Answer }>;
  /** `body`: bytes as they are. */
  fetch(
    path: string,
    init?: { readonly method: 'GET' | 'POST'; readonly body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response>;
}

/** Uses up the first sign-in link. */
export async function openDesk(program: Pick<TestProgram, 'url' | 'signInLink'>): Promise<TestDesk> {
  const token = program.signInLink?.split('#')[1] ?? '';
  const signedIn = await fetch(`${program.url}/api/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!signedIn.ok) throw new Error(`sign-in answered ${signedIn.status}`);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return {
    async call(method, path, body) {
      const answer = await fetch(`${program.url}${path}`, {
        method,
        headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, json: await answer.json() };
    },
    fetch: (path, init) => {
      const type: Record<string, string> =
        init?.body === undefined ? {} : { 'content-type': 'application/octet-stream' };
      return fetch(`${program.url}${path}`, { ...init, headers: { cookie, ...type } });
    },
  };
}
