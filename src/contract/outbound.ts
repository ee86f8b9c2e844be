/** Why a call to somebody else's server gave no answer. Words for people are in contract/messages (`outbound.<code>`). */
export const outboundFailures = [
  // refused before anything was sent
  'url.invalid',
  'url.scheme',
  'url.credentials',
  'url.port',
  'address.forbidden',
  // tried
  'dns.failed',
  'connect.failed',
  'tls.failed',
  'timeout',
  'redirect.too_many',
  'answer.invalid',
] as const;

export type OutboundFailure = (typeof outboundFailures)[number];
