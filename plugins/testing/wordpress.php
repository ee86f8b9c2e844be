<?php

/**
 * Drives the plugin without a browser: `php wordpress.php <folder of the plugin>` on stubs, `php wordpress.php <wp-load.php>` in a real
 * WordPress, where the plugin and the stubs of WooCommerce are installed. Takes a JSON list of steps on its input and answers a list of
 * what they returned.
 */

if (substr($argv[1], -11) === 'wp-load.php') {
    $_SERVER['HTTP_HOST'] = parse_url(getenv('STUB_SITE'), PHP_URL_HOST) . ':' . parse_url(getenv('STUB_SITE'), PHP_URL_PORT);
    require $argv[1];
} else {
    require __DIR__ . '/wordpress-stubs.php';
    require __DIR__ . '/woocommerce-stubs.php';
    require $argv[1] . '/spread-tracker.php';
}

function stub_step(array $step)
{
    global $wpdb;
    $_COOKIE = $step['cookies'] ?? [];
    wp_set_current_user($step['user'] ?? 0);
    switch ($step['do']) {
        case 'activate':
        case 'deactivate':
            return do_action($step['do']);
        case 'option':
            return array_key_exists('value', $step) ? update_option($step['name'], $step['value']) : get_option($step['name']);
        case 'settings':
            \SpreadTracker\WooCommerce\Settings::save($step['values']);
            return null;
        case 'store':
            foreach ($step['objects'] as $object) {
                stub_store($step['name'], $object['id'], $object);
            }
            return null;
        case 'action':
            $_POST = $step['post'] ?? [];
            return do_action($step['name'], ...$step['arguments']);
        case 'print':
            ob_start();
            $_POST = $step['post'] ?? [];
            do_action($step['name']);
            return ob_get_clean();
        case 'filter':
            return apply_filters($step['name'], ...$step['arguments']);
        case 'checkout':
            return stub_checkout($step['order'], $step['kind'], $step['post'] ?? [], $step['fields'] ?? []);
        case 'deliver':
            return wc_get_webhook($step['webhook'])->deliver($step['id']);
        case 'end':
            return do_action('shutdown');
        case 'sql':
            return $wpdb->get_results($step['sql'], ARRAY_A);
        case 'execute':
            return $wpdb->query($step['sql']);
        case 'call':
            return call_user_func_array('\\SpreadTracker\\WooCommerce\\' . $step['name'], $step['arguments'] ?? []);
        case 'php':
            return call_user_func_array($step['name'], $step['arguments'] ?? []);
        case 'remove':
            require_once ABSPATH . 'wp-admin/includes/admin.php';
            deactivate_plugins([$step['plugin']]);
            return uninstall_plugin($step['plugin']);
        case 'uninstall':
            define('WP_UNINSTALL_PLUGIN', true);
            require $step['path'];
            return null;
    }
    throw new RuntimeException('unknown step ' . $step['do']);
}

$answers = array_map('stub_step', json_decode(stream_get_contents(STDIN), true));
echo "\n" . json_encode($answers);
