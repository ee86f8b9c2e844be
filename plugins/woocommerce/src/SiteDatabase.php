<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Database;

/**
 * WordPress' connection; every value goes through `prepare`.
 */
final class SiteDatabase implements Database
{
    public function run(string $sql, array $values = []): int
    {
        global $wpdb;
        $changed = $wpdb->query(self::prepared($sql, $values));
        if ($changed === false) {
            throw new \RuntimeException('the queue cannot be written');
        }
        return (int) $changed;
    }

    public function rows(string $sql, array $values = []): array
    {
        global $wpdb;
        $rows = $wpdb->get_results(self::prepared($sql, $values), ARRAY_A);
        return is_array($rows) ? $rows : [];
    }

    private static function prepared(string $sql, array $values): string
    {
        global $wpdb;
        $left = array_values($values);
        $given = [];
        $marked = (string) preg_replace_callback('/\?/', function () use (&$left, &$given) {
            $value = array_shift($left);
            if ($value === null) {
                return 'NULL';
            }
            $given[] = $value;
            return is_int($value) ? '%d' : '%s';
        }, $sql);
        return $given === [] ? $marked : (string) $wpdb->prepare($marked, $given);
    }
}
