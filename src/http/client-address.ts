/** Absent once the caller has hung up. */
type Address = string | undefined;

/** An address cut to what may be kept: IPv4 to /24, IPv6 to /48 (rules §4). null: not an address. */
export function cutAddress(address: Address): string | null {
  if (address === undefined) return null;
  const four = ipv4Of(address);
  if (four !== null) return `${four.slice(0, four.lastIndexOf('.'))}.0/24`;
  const groups = ipv6Groups(address);
  return groups === null ? null : `${groups.slice(0, 3).join(':')}::/48`;
}

/** Whom a limit counts: one IPv4 address, or the /64 of an IPv6 one. */
export function limitKey(address: Address): string {
  if (address === undefined) return 'unknown';
  const four = ipv4Of(address);
  if (four !== null) return four;
  return ipv6Groups(address)?.slice(0, 4).join(':') ?? 'unknown';
}

export function isLoopback(address: Address): boolean {
  if (address === undefined) return false;
  return address === '::1' || (ipv4Of(address)?.startsWith('127.') ?? false);
}

function ipv4Of(address: string): string | null {
  const text = address.startsWith('::ffff:') ? address.slice(7) : address;
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text : null;
}

/** The eight groups without leading zeros. */
function ipv6Groups(address: string): string[] | null {
  const plain = address.split('%', 1)[0] ?? '';
  const [head = '', tail, more] = plain.split('::');
  if (!plain.includes(':') || more !== undefined) return null;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing > 0)) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.map((group) => Number.parseInt(group, 16).toString(16));
}
