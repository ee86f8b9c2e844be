<?php

/**
 * Plugin Name: Spread Tracker
 * Description: The tracker's script on every page; orders, accounts, carts and opt-ins of WooCommerce from the server.
 * Version: 1.0.0
 * Requires at least: 5.3
 * Requires PHP: 7.2
 * WC requires at least: 4.0
 * License: Apache-2.0
 */

if (!defined('ABSPATH')) {
    exit;
}

require_once __DIR__ . '/autoload.php';

\SpreadTracker\WooCommerce\Plugin::start(__FILE__);
