<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Sender;

/**
 * When the queue is sent: by WordPress' cron, which runs in a request of its own that no shopper waits for.
 */
final class Schedule
{
    public const SEND = 'spread_tracker_send';
    public const NOW = 'spread_tracker_send_now';
    public const CARE = 'spread_tracker_care';
    private const EVERY_MINUTE = 'spread_tracker_minute';
    private const SECONDS = 40;

    /** @var bool */
    private static $asked = false;

    public static function listen(): void
    {
        add_filter('cron_schedules', [self::class, 'everyMinute']);
        add_action(self::SEND, [self::class, 'send'], 10, 0);
        add_action(self::NOW, [self::class, 'send'], 10, 0);
        add_action(self::CARE, [Webhooks::class, 'ensure'], 10, 0);
    }

    public static function everyMinute(array $schedules): array
    {
        $schedules[self::EVERY_MINUTE] = ['interval' => 60, 'display' => 'Spread Tracker'];
        return $schedules;
    }

    public static function start(): void
    {
        if (!wp_next_scheduled(self::SEND)) {
            wp_schedule_event(time(), self::EVERY_MINUTE, self::SEND);
        }
        if (!wp_next_scheduled(self::CARE)) {
            wp_schedule_event(time() + 3600, 'hourly', self::CARE);
        }
    }

    public static function stop(): void
    {
        foreach ([self::SEND, self::NOW, self::CARE] as $event) {
            wp_clear_scheduled_hook($event);
        }
    }

    /**
     * Something waits: cron is woken when this request ends.
     */
    public static function soon(): void
    {
        if (self::$asked || wp_doing_cron()) {
            return;
        }
        self::$asked = true;
        if (!wp_next_scheduled(self::NOW)) {
            wp_schedule_single_event(time(), self::NOW);
        }
        if (!defined('DISABLE_WP_CRON') || !DISABLE_WP_CRON) {
            add_action('shutdown', 'spawn_cron', 100, 0);
        }
    }

    public static function send(): void
    {
        try {
            (new Sender(Site::queue(), new Site()))->run(self::SECONDS);
        } catch (\Throwable $fault) {
            error_log('spread-tracker: ' . get_class($fault) . ' while sending');
        }
    }
}
