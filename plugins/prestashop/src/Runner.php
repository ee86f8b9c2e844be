<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Sender;

/**
 * When the queue is sent: after PHP has closed the answer (PHP-FPM, LiteSpeed), when a page asks for it behind the shopper's back,
 * and by cron.
 */
final class Runner
{
    private const AT_END_SECONDS = 5;

    /**
     * Does nothing where the shopper would wait for it.
     */
    public static function atEnd(): void
    {
        foreach (['fastcgi_finish_request', 'litespeed_finish_request'] as $close) {
            if (function_exists($close)) {
                $close();
                self::run(self::AT_END_SECONDS);
                return;
            }
        }
    }

    public static function run(int $seconds): void
    {
        try {
            if (Settings::mayRun(time())) {
                (new Sender(Shop::queue(), new Shop()))->run($seconds);
            }
        } catch (\Throwable $fault) {
            \PrestaShopLogger::addLog('spreadtracker: ' . get_class($fault) . ' while sending', 3);
        }
    }
}
