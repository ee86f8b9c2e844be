import type { Errors, Posted } from './pages.ts';
import type { Buyer } from './shop-state.ts';
import type { TextKey } from './texts.ts';

/** A person from a posted form; null with what is wrong per field. */
export function readBuyer(posted: Posted, externalId: string | null): { buyer: Buyer | null; errors: Errors } {
  const text = (name: string): string => (posted[name] ?? '').trim().slice(0, 200);
  const errors: Record<string, TextKey> = {};
  if (!/^\S+@[^\s@.]+(\.[^\s@.]+)+$/.test(text('email'))) errors.email = 'error.email';
  for (const name of ['firstname', 'name']) if (text(name) === '') errors[name] = 'error.missing';
  const optinSms = posted.optin_sms === '1';
  if (optinSms && text('mobile') === '') errors.mobile = 'error.mobile';
  if (Object.keys(errors).length > 0) return { buyer: null, errors };
  const buyer: Buyer = {
    externalId,
    email: text('email'),
    firstname: text('firstname'),
    name: text('name'),
    address: text('address'),
    zip: text('zip'),
    city: text('city'),
    mobile: text('mobile'),
    optinEmail: posted.optin_email === '1',
    optinSms,
  };
  return { buyer, errors };
}
