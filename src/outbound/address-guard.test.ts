import { expect, test } from 'vitest';
import { guardAddresses } from './address-guard.ts';

const guard = guardAddresses(['127.0.0.2/32', 'fd12::/64']);

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '168.63.129.16',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:FFFF:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  '3fff::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  '5f00::1',
  'not an address',
  '127.1',
  '',
])('%s is no address to call', (address) => {
  expect(guard(address)).toBe('forbidden');
});

test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '64:ff9b::8.8.8.8', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(guard(address)).toBe('public');
  },
);

test('what the operator allows may be reached, and its neighbour not', () => {
  expect(guard('127.0.0.2')).toBe('allowed');
  expect(guard('::ffff:127.0.0.2')).toBe('allowed');
  expect(guard('fd12::9')).toBe('allowed');
  expect(guard('127.0.0.3')).toBe('forbidden');
});
