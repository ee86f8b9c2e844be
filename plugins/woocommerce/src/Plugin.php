<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Snippet;

/**
 * Installs, starts and removes the plugin.
 */
final class Plugin
{
    public const VERSION = '1.0.0';
    private const INSTALLED = 'spread_tracker_version';

    public static function start(string $file): void
    {
        register_activation_hook($file, [self::class, 'install']);
        register_deactivation_hook($file, [self::class, 'deactivate']);
        add_action('before_woocommerce_init', function () use ($file) {
            if (class_exists('\Automattic\WooCommerce\Utilities\FeaturesUtil')) {
                foreach (['custom_order_tables', 'cart_checkout_blocks'] as $feature) {
                    \Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility($feature, $file, true);
                }
            }
        });
        add_action('init', [self::class, 'renew'], 5, 0);
        add_action('wp_head', [self::class, 'head'], 5, 0);
        Events::listen();
        Carts::listen();
        Boxes::listen();
        Webhooks::listen();
        Schedule::listen();
        Privacy::listen();
        SettingsPage::listen($file);
    }

    public static function install(): void
    {
        Site::queue()->create();
        Settings::start();
        Schedule::start();
        update_option(self::INSTALLED, self::VERSION);
        if (Settings::text('active') === '1') {
            Webhooks::ensure();
        }
    }

    /**
     * A site of a network, or a version copied over the old one, was never activated.
     */
    public static function renew(): void
    {
        if (get_option(self::INSTALLED) !== self::VERSION) {
            self::install();
        }
    }

    public static function deactivate(): void
    {
        Schedule::stop();
        Webhooks::remove();
        delete_option(self::INSTALLED);
    }

    /**
     * On every site of a network.
     */
    public static function removeEverywhere(): void
    {
        $sites = is_multisite() ? get_sites(['fields' => 'ids', 'number' => 0]) : [Site::id()];
        foreach ($sites as $site) {
            if (is_multisite()) {
                switch_to_blog((int) $site);
            }
            self::deactivate();
            Site::queue()->drop();
            Settings::remove();
            if (is_multisite()) {
                restore_current_blog();
            }
        }
    }

    public static function head(): void
    {
        if (Settings::on('snippet')) {
            // Its parts are escaped where it is made.
            echo Snippet::html(Settings::origin(), Settings::text('public_key'), Settings::text('consent'));
        }
    }
}
