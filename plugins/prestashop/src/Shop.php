<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Answer;
use SpreadTracker\Shared\Connection;
use SpreadTracker\Shared\Platform;
use SpreadTracker\Shared\Queue;
use SpreadTracker\Shared\Texts;

/**
 * PrestaShop, as the queue and its sender see it.
 */
final class Shop implements Platform
{
    public const MODULE_VERSION = '1.0.0';

    public static function queue(): Queue
    {
        return new Queue(new ShopDatabase(), _DB_PREFIX_ . 'spreadtracker_queue');
    }

    public static function texts(): Texts
    {
        $language = \Context::getContext()->language;
        return new Texts(dirname(__DIR__) . '/texts', $language ? (string) $language->iso_code : 'fr');
    }

    /**
     * @return array as every envelope carries it
     */
    public static function described(int $shop): array
    {
        $currency = new \Currency((int) \Configuration::get('PS_CURRENCY_DEFAULT', null, null, $shop));
        return [
            'platform' => 'prestashop',
            'platform_version' => _PS_VERSION_,
            'module_version' => self::MODULE_VERSION,
            'shop' => [
                'id' => (string) $shop,
                'url' => (new \Shop($shop))->getBaseURL(true),
                'timezone' => (string) \Configuration::get('PS_TIMEZONE', null, null, $shop),
                'currency' => (string) $currency->iso_code,
            ],
        ];
    }

    public function now(): int
    {
        return time();
    }

    public function connection(int $shop): ?Connection
    {
        $url = Settings::text('URL', $shop);
        $secret = Settings::text('SECRET', $shop);
        if (Settings::text('ACTIVE', $shop) !== '1' || $secret === '' || Connection::originOf($url) === '') {
            return null;
        }
        return new Connection($url, $secret, self::described($shop));
    }

    public function build(array $row): ?array
    {
        list(, $id) = explode(':', $row['ref']) + ['', '0'];
        switch ($row['topic']) {
            case 'order.upsert':
            case 'refund.upsert':
                return Objects::order((int) $id);
            case 'customer.upsert':
                return Objects::customer((int) $id);
            case 'cart.upsert':
                return Objects::cart((int) $id);
            case Subscribers::TOPIC:
                return Subscribers::page((int) $id, (int) $row['shop']);
            default:
                return null;
        }
    }

    public function post(string $url, array $headers, string $body): array
    {
        $retryAfter = '';
        $lines = [];
        foreach ($headers as $name => $value) {
            $lines[] = $name . ': ' . $value;
        }
        $call = curl_init($url);
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => array_merge($lines, ['Expect:']),
            CURLOPT_USERAGENT => 'SpreadTracker/' . self::MODULE_VERSION . ' PrestaShop/' . _PS_VERSION_,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => 3,
            CURLOPT_TIMEOUT => 10,
            CURLOPT_HEADERFUNCTION => function ($call, $line) use (&$retryAfter) {
                if (stripos($line, 'retry-after:') === 0) {
                    $retryAfter = trim(substr($line, strlen('retry-after:')));
                }
                return strlen($line);
            },
        ]);
        $answered = curl_exec($call) !== false;
        $status = $answered ? (int) curl_getinfo($call, CURLINFO_HTTP_CODE) : 0;
        curl_close($call);
        return [$status, $retryAfter];
    }

    public function note(string $outcome, int $status): void
    {
        if ($outcome === Answer::DONE) {
            Settings::save('LAST_DONE', (string) $this->now());
            return;
        }
        Settings::save('LAST_FAULT', (string) $this->now());
        Settings::save('LAST_STATUS', (string) $status);
        if ($outcome === Answer::DROPPED) {
            Settings::save('DROPPED', (string) ((int) Settings::text('DROPPED') + 1));
        }
    }
}
