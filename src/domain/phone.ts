import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** The last forms found: a person's phone is looked at several times in a row. */
const found = new Map<string, string | null>();
const foundLimit = 4_000;

/**
 * The E.164 form of a phone as people write it, or null when it cannot be one (rules §2.1). `country` is the person's
 * (ISO 3166-1, or a name that is then ignored), `fallback` the shop's.
 */
export function phoneNormal(text: string, country: string, fallback: string): string | null {
  if (text.length > 40) return null;
  const region = countryCode(country) ?? countryCode(fallback);
  const key = `${region} ${text}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const normal = parse(text.startsWith('00') ? `+${text.slice(2)}` : text, region);
  if (found.size >= foundLimit) found.clear();
  found.set(key, normal);
  return normal;
}

function parse(digits: string, region: CountryCode | null): string | null {
  const parsed = region === null ? parsePhoneNumberFromString(digits) : parsePhoneNumberFromString(digits, region);
  return parsed?.isPossible() ? parsed.number : null;
}

function countryCode(text: string): CountryCode | null {
  const code = text.trim().toUpperCase();
  return isSupportedCountry(code) ? code : null;
}
