import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('needs nothing', () => {
  const config = readConfig({ PORT: '', SECRET_KEY: ' ' });
  expect(config).toMatchObject({
    port: 3000,
    publicUrl: null,
    databaseUrl: null,
    databaseWait: 300,
    secretKey: null,
    trustedProxies: [],
  });
  expect(config.first).toMatchObject({ shards: 4, adminPassword: null, shopPublicKey: null, demo: true });
});

test('reads everything an unattended install gives', () => {
  const config = readConfig({
    PORT: '8080',
    PUBLIC_URL: 'https://tracker.example.com/',
    DATABASE_URL: 'postgres://me:pw@db:5432/spread',
    TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,::1',
    OUTBOUND_ALLOW: '127.0.0.1,fd00::/8',
    SHOP_DOMAINS: 'Shop.Example, www.shop.example,',
    SHOP_PUBLIC_KEY: 'abc',
    SHOP_PRIVATE_KEY: 'secret-secret',
    DEMO: 'off',
  });
  expect(config).toMatchObject({ port: 8080, publicUrl: 'https://tracker.example.com' });
  expect(config.trustedProxies).toEqual(['127.0.0.1', '10.0.0.0/8', '::1']);
  expect(config.outboundAllow).toEqual(['127.0.0.1', 'fd00::/8']);
  expect(config.first).toMatchObject({ shopDomains: ['shop.example', 'www.shop.example'], demo: false });
});

describe('says in one sentence what a variable must be', () => {
  const cases: readonly (readonly [string, Record<string, string>])[] = [
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '70000' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'tracker.example.com' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://example.com/tracker' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://db/spread' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://db' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'all' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/99' }],
    ['OUTBOUND_ALLOW', { OUTBOUND_ALLOW: 'localhost' }],
    ['SECRET_KEY', { SECRET_KEY: 'short' }],
    ['SMTP_URL', { SMTP_URL: 'mail.example' }],
    ['METRICS_TOKEN', { METRICS_TOKEN: 'short' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['SHARDS', { SHARDS: '0' }],
    ['ADMIN_EMAIL', { ADMIN_EMAIL: 'admin' }],
    ['ADMIN_PASSWORD', { ADMIN_PASSWORD: 'short' }],
    ['SHOP_PRIVATE_KEY', { SHOP_PUBLIC_KEY: 'abc' }],
    ['SHOP_PUBLIC_KEY', { SHOP_PUBLIC_KEY: 'a:b', SHOP_PRIVATE_KEY: 'secret-secret' }],
    ['SHOP_DOMAINS', { SHOP_DOMAINS: 'https://shop.example' }],
    ['DEMO', { DEMO: 'no' }],
  ];
  test.each(cases)('%s %j', (name, env) => {
    expect(() => readConfig(env)).toThrow(new RegExp(`^[^\\n]*${name}[^\\n]*\\.$`));
  });
});
