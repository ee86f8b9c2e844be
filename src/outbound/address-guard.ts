/** Which addresses a call of ours may reach: public ones, and those the operator allows (`OUTBOUND_ALLOW`). */
import { BlockList, isIP } from 'node:net';

/** `allowed`: in the operator's ranges, where http and any port are in order too. */
export type Reach = 'public' | 'allowed' | 'forbidden';

export type AddressGuard = (address: string) => Reach;

/** IANA's special-purpose registry, multicast, reserved; 168.63.129.16 is the host of a cloud's virtual machines. */
const special4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];
/** Inside 2000::/3, outside of which nothing is public: Teredo and other assignments, documentation, 6to4. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** `allow`: addresses and ranges, as the configuration has checked them. */
export function guardAddresses(allow: readonly string[]): AddressGuard {
  const allowed = rangesOf(allow);
  const refused = rangesOf([...special4, ...special6]);
  const global6 = rangesOf(['2000::/3']);
  return (address) => {
    const plain = embedded4(address) ?? address.split('%', 1)[0] ?? '';
    const version = isIP(plain);
    if (version === 0) return 'forbidden';
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (allowed.check(plain, family)) return 'allowed';
    if (refused.check(plain, family)) return 'forbidden';
    return version === 4 || global6.check(plain, family) ? 'public' : 'forbidden';
  };
}

function rangesOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const version = isIP(address);
    if (version === 0) throw new Error(`${range} is no address and no range`);
    list.addSubnet(address, Number(bits ?? (version === 4 ? 32 : 128)), version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** The IPv4 address that a mapped (`::ffff:0:0/96`) or translated (NAT64, `64:ff9b::/96`) one leads to. */
function embedded4(address: string): string | null {
  const groups = groups6(address);
  if (groups === null) return null;
  const head = groups.slice(0, 6).join(':');
  if (head !== '0:0:0:0:0:ffff' && head !== '64:ff9b:0:0:0:0') return null;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address, however it is spelt. */
function groups6(address: string): string[] | null {
  const hostname = isIP(address) === 6 ? URL.parse(`http://[${address.split('%', 1)[0]}]`)?.hostname : undefined;
  if (hostname === undefined) return null;
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}
