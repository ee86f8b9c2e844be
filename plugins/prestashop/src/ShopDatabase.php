<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Database;

/**
 * PrestaShop's connection. It has no prepared statements: every value is escaped by `pSQL` or is an integer.
 */
final class ShopDatabase implements Database
{
    public function run(string $sql, array $values = []): int
    {
        $database = \Db::getInstance();
        if (!$database->execute(self::filled($sql, $values), false)) {
            throw new \RuntimeException('the queue cannot be written');
        }
        return (int) $database->Affected_Rows();
    }

    public function rows(string $sql, array $values = []): array
    {
        $rows = \Db::getInstance()->executeS(self::filled($sql, $values), true, false);
        return is_array($rows) ? $rows : [];
    }

    private static function filled(string $sql, array $values): string
    {
        $left = array_values($values);
        return (string) preg_replace_callback('/\?/', function () use (&$left) {
            $value = array_shift($left);
            if ($value === null) {
                return 'NULL';
            }
            return is_int($value) ? (string) $value : "'" . pSQL((string) $value, true) . "'";
        }, $sql);
    }
}
