<?php

use SpreadTracker\PrestaShop\Runner;
use SpreadTracker\PrestaShop\Settings;

/**
 * Sends what waits. Anybody may ask: it tells nothing, and one runs at a time. Cron, which knows the key, is given more time.
 */
class SpreadtrackerSendModuleFrontController extends ModuleFrontController
{
    private const CRON_SECONDS = 50;
    private const PAGE_SECONDS = 10;

    public function postProcess()
    {
        header('Cache-Control: no-store');
        ignore_user_abort(true);
        $cron = hash_equals(Settings::cronKey(), (string) Tools::getValue('key'));
        Runner::run($cron && Settings::cronKey() !== '' ? self::CRON_SECONDS : self::PAGE_SECONDS);
        http_response_code(204);
        exit;
    }
}
