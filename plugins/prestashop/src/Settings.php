<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Connection;
use SpreadTracker\Shared\Envelope;
use SpreadTracker\Shared\Snippet;

/**
 * What the merchant chose, in PrestaShop's configuration. `$shop` null: the shop of the present context.
 */
final class Settings
{
    public const SWITCHES = ['ACTIVE', 'SNIPPET', 'CUSTOMERS', 'ORDERS', 'CARTS', 'NEWSLETTER', 'HANDOVER'];
    public const TEXTS = ['URL', 'PUBLIC_KEY', 'CONSENT', 'CART_URL'];
    /** Shown only as set or not set. */
    public const SECRETS = ['SECRET', 'PRIVATE_KEY'];
    /** JSON: id of a state => code of the merchant's choice, id of a language => address of the cart. */
    public const MAPS = ['STATES', 'CART_URLS'];
    private const OWN = ['CRON_KEY', 'LAST_DONE', 'LAST_FAULT', 'LAST_STATUS', 'DROPPED', 'RUN_AT'];
    private const PREFIX = 'SPREADTRACKER_';

    public const NEVER_SENT = '999';
    public const CODES = ['10', '20', '50', '0', self::NEVER_SENT];

    public static function install(): void
    {
        $given = is_file(dirname(__DIR__) . '/shop.php') ? require dirname(__DIR__) . '/shop.php' : [];
        $start = [
            'ACTIVE' => '0', 'SNIPPET' => '1', 'CUSTOMERS' => '1', 'ORDERS' => '1', 'CARTS' => '1', 'NEWSLETTER' => '1',
            'HANDOVER' => '0', 'CONSENT' => Snippet::WAITS, 'CRON_KEY' => bin2hex(random_bytes(16)),
            'URL' => isset($given['url']) ? $given['url'] : '',
            'PUBLIC_KEY' => isset($given['public_key']) ? $given['public_key'] : '',
        ];
        foreach ($start as $name => $value) {
            if (self::text($name) === '') {
                \Configuration::updateValue(self::PREFIX . $name, $value);
            }
        }
    }

    public static function remove(): void
    {
        $names = array_merge(self::SWITCHES, self::TEXTS, self::SECRETS, self::MAPS, self::OWN);
        foreach ($names as $name) {
            \Configuration::deleteByName(self::PREFIX . $name);
        }
    }

    public static function text(string $name, ?int $shop = null): string
    {
        $value = \Configuration::get(self::PREFIX . $name, null, null, $shop);
        return is_scalar($value) ? trim((string) $value) : '';
    }

    /**
     * @return string[]
     */
    public static function map(string $name, ?int $shop = null): array
    {
        $map = json_decode(self::text($name, $shop), true);
        return is_array($map) ? array_filter($map, 'is_string') : [];
    }

    /**
     * On, and the master switch too.
     */
    public static function on(string $name, ?int $shop = null): bool
    {
        return self::text('ACTIVE', $shop) === '1' && self::text($name, $shop) === '1';
    }

    public static function save(string $name, string $value): void
    {
        \Configuration::updateValue(self::PREFIX . $name, $value);
    }

    public static function origin(?int $shop = null): string
    {
        return Connection::originOf(self::text('URL', $shop));
    }

    /**
     * One runner at a time, whoever asks for it: a page, cron, the end of a request.
     */
    public static function mayRun(int $now): bool
    {
        if ((int) self::text('RUN_AT') > $now - 5) {
            return false;
        }
        self::save('RUN_AT', (string) $now);
        return true;
    }

    public static function cronKey(): string
    {
        return self::text('CRON_KEY');
    }

    /**
     * The visitor's own token where their browser made this request; empty in the back office.
     */
    public static function visitorToken(): string
    {
        return defined('_PS_ADMIN_DIR_') ? '' : (string) Envelope::tokenIn($_COOKIE);
    }
}
