<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Event;
use SpreadTracker\Shared\Queue;

/**
 * Those whom the newsletter block (ps_emailsubscription) knows: a visitor without account stands only in its table, which no webservice
 * reads. The merchant has them sent once; from then on the hook tells what changes. Never their network address.
 */
final class Subscribers
{
    public const TOPIC = 'newsletter.upsert';
    private const AT_ONCE = 100;
    /** Who left again, or never confirmed, is not active. What has no date proves nothing. */
    private const WHO = ' WHERE id_shop = ? AND active = 1 AND newsletter_date_add IS NOT NULL';

    /**
     * Pages of the table, each a row of the queue that is read when it is sent.
     *
     * @return int how many people they are
     */
    public static function putAll(int $shop): int
    {
        $found = self::rows(
            'SELECT COUNT(*) AS n, MIN(id) AS lowest, MAX(id) AS highest FROM ' . self::table() . self::WHO,
            [$shop]
        );
        $many = $found === [] ? 0 : (int) $found[0]['n'];
        if ($many === 0) {
            return 0;
        }
        $from = (int) $found[0]['lowest'] - (int) $found[0]['lowest'] % self::AT_ONCE;
        for (; $from <= (int) $found[0]['highest']; $from += self::AT_ONCE) {
            Shop::queue()->put(new Event($shop, self::TOPIC, Queue::MANY . $from), time());
        }
        return $many;
    }

    /**
     * @return array|null null: nobody is left there
     */
    public static function page(int $from, int $shop): ?array
    {
        if (!Settings::on('NEWSLETTER', $shop)) {
            return null;
        }
        $rows = self::rows(
            'SELECT id, email, newsletter_date_add FROM ' . self::table()
            . self::WHO . ' AND id >= ? AND id < ? ORDER BY id',
            [$shop, $from, $from + self::AT_ONCE]
        );
        $people = [];
        foreach ($rows as $row) {
            if (\Validate::isEmail((string) $row['email'])) {
                $people[] = array_map('strval', $row);
            }
        }
        return $people === [] ? null : ['subscribers' => $people];
    }

    /**
     * @return array[] none, too, where the block was never installed
     */
    private static function rows(string $sql, array $values): array
    {
        try {
            return (new ShopDatabase())->rows($sql, $values);
        } catch (\PrestaShopDatabaseException $fault) {
            return [];
        }
    }

    private static function table(): string
    {
        return _DB_PREFIX_ . 'emailsubscription';
    }
}
