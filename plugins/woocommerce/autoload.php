<?php

/**
 * Classes of the plugin: `SpreadTracker\WooCommerce\…` in `src/`, `SpreadTracker\Shared\…` in `shared/`.
 */

spl_autoload_register(function ($class) {
    $folders = ['SpreadTracker\\WooCommerce\\' => '/src/', 'SpreadTracker\\Shared\\' => '/shared/'];
    foreach ($folders as $prefix => $folder) {
        if (strpos($class, $prefix) === 0) {
            $path = __DIR__ . $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($path)) {
                require_once $path;
            }
        }
    }
});
