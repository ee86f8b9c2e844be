<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Answer;
use SpreadTracker\Shared\Connection;
use SpreadTracker\Shared\Platform;
use SpreadTracker\Shared\Queue;
use SpreadTracker\Shared\Texts;

/**
 * WordPress with WooCommerce, as the queue and its sender see it.
 */
final class Site implements Platform
{
    public static function queue(): Queue
    {
        global $wpdb;
        return new Queue(new SiteDatabase(), $wpdb->prefix . 'spread_tracker_queue');
    }

    public static function texts(): Texts
    {
        return new Texts(dirname(__DIR__) . '/texts', (string) determine_locale());
    }

    public static function id(): int
    {
        return (int) get_current_blog_id();
    }

    /**
     * @return array as every envelope carries it
     */
    public static function described(): array
    {
        return [
            'platform' => 'woocommerce',
            'platform_version' => defined('WC_VERSION') ? (string) WC_VERSION : '',
            'module_version' => Plugin::VERSION,
            'shop' => [
                'id' => (string) self::id(),
                'url' => (string) home_url('/'),
                'timezone' => (string) wp_timezone_string(),
                'currency' => function_exists('get_woocommerce_currency') ? (string) get_woocommerce_currency() : '',
            ],
        ];
    }

    public function now(): int
    {
        return time();
    }

    public function connection(int $shop): ?Connection
    {
        $url = Settings::text('url');
        $secret = Settings::text('secret');
        if (Settings::text('active') !== '1' || $secret === '' || Connection::originOf($url) === '') {
            return null;
        }
        return new Connection($url, $secret, self::described());
    }

    public function build(array $row): ?array
    {
        list(, $id) = explode(':', $row['ref']) + ['', '0'];
        if ($row['topic'] === 'order.upsert' && Settings::on('orders')) {
            return Objects::order((int) $id);
        }
        if ($row['topic'] === 'customer.upsert' && Settings::on('customers')) {
            return Objects::customer((int) $id);
        }
        return null;
    }

    public function post(string $url, array $headers, string $body): array
    {
        $answer = wp_remote_post($url, [
            'headers' => $headers,
            'body' => $body,
            'timeout' => 10,
            'redirection' => 0,
            'user-agent' => 'SpreadTracker/' . Plugin::VERSION . ' WordPress/' . get_bloginfo('version'),
        ]);
        if (is_wp_error($answer)) {
            return [0, ''];
        }
        $retryAfter = wp_remote_retrieve_header($answer, 'retry-after');
        return [(int) wp_remote_retrieve_response_code($answer), is_string($retryAfter) ? $retryAfter : ''];
    }

    public function note(string $outcome, int $status): void
    {
        if ($outcome === Answer::DONE) {
            Settings::remember('last_done', $this->now());
            return;
        }
        Settings::remember('last_fault', $this->now());
        Settings::remember('last_status', $status);
        if ($outcome === Answer::DROPPED) {
            Settings::remember('dropped', (int) Settings::state('dropped') + 1);
        }
    }
}
