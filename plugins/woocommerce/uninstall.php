<?php

/**
 * Removes the queue, the settings, the schedule and our webhooks. What stands on orders (the boxes a customer ticked, and beside
 * which words) is the shop's own proof and stays with them.
 */

if (!defined('WP_UNINSTALL_PLUGIN')) {
    exit;
}

require_once __DIR__ . '/autoload.php';

\SpreadTracker\WooCommerce\Plugin::removeEverywhere();
