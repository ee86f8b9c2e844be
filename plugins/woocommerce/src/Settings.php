<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Connection;
use SpreadTracker\Shared\Envelope;
use SpreadTracker\Shared\Snippet;

/**
 * What the merchant chose, and how deliveries went: two options of the site.
 */
final class Settings
{
    public const OPTION = 'spread_tracker';
    public const STATE = 'spread_tracker_state';
    public const SWITCHES = ['active', 'snippet', 'orders', 'customers', 'carts', 'box_email', 'box_sms'];
    /** Shown only as set or not set. */
    public const SECRETS = ['secret', 'private_key'];

    public static function start(): void
    {
        $path = dirname(__DIR__) . '/shop.php';
        $given = is_file($path) ? require $path : [];
        add_option(self::OPTION, [
            'active' => '0', 'snippet' => '1', 'orders' => '1', 'customers' => '1', 'carts' => '1', 'box_email' => '1',
            'box_sms' => '0', 'consent' => Snippet::WAITS, 'secret' => '', 'private_key' => '',
            'url' => isset($given['url']) ? (string) $given['url'] : '',
            'public_key' => isset($given['public_key']) ? (string) $given['public_key'] : '',
            'text_email' => '', 'text_sms' => '', 'user' => 0,
        ]);
        // Asked for in no page: it must not be loaded with every one.
        add_option(self::STATE, [], '', 'no');
    }

    public static function remove(): void
    {
        delete_option(self::OPTION);
        delete_option(self::STATE);
    }

    public static function text(string $name): string
    {
        $all = get_option(self::OPTION);
        return is_array($all) && isset($all[$name]) && is_scalar($all[$name]) ? trim((string) $all[$name]) : '';
    }

    /**
     * On, and the master switch too.
     */
    public static function on(string $name): bool
    {
        return self::text('active') === '1' && self::text($name) === '1';
    }

    public static function save(array $changed): void
    {
        $all = get_option(self::OPTION);
        update_option(self::OPTION, array_merge(is_array($all) ? $all : [], $changed));
    }

    public static function origin(): string
    {
        return Connection::originOf(self::text('url'));
    }

    /**
     * @return mixed
     */
    public static function state(string $name)
    {
        $all = get_option(self::STATE);
        return is_array($all) && isset($all[$name]) ? $all[$name] : null;
    }

    /**
     * @param mixed $value
     */
    public static function remember(string $name, $value): void
    {
        $all = get_option(self::STATE);
        update_option(self::STATE, array_merge(is_array($all) ? $all : [], [$name => $value]), false);
    }

    /**
     * The words beside an opt-in box.
     *
     * @param string $channel `email` or `sms`
     */
    public static function boxText(string $channel): string
    {
        $own = self::text('text_' . $channel);
        return $own !== '' ? $own : Site::texts()->say('box.' . $channel, ['shop' => (string) get_bloginfo('name')]);
    }

    /**
     * The visitor's own token where their browser made this request.
     */
    public static function visitorToken(): string
    {
        $theirs = !wp_doing_cron() && !(is_admin() && !wp_doing_ajax());
        return $theirs ? (string) Envelope::tokenIn($_COOKIE) : '';
    }
}
