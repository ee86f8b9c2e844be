<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Envelope;
use SpreadTracker\Shared\Snippet;

/**
 * What stands in the shop's pages.
 */
final class Pages
{
    public const HANDOVER_DUE = 'spreadtracker_handover';

    public static function head(): string
    {
        if (!Settings::on('SNIPPET')) {
            return '';
        }
        return Snippet::html(Settings::origin(), Settings::text('PUBLIC_KEY'), Settings::text('CONSENT'));
    }

    /**
     * Asks for what is due once the page is there: a visitor's browser is the cron of a shop without one.
     */
    public static function foot(\Context $context): string
    {
        if (Settings::text('ACTIVE') !== '1') {
            return '';
        }
        $addresses = [];
        if (self::mayHandOver($context)) {
            $addresses[] = $context->link->getModuleLink('spreadtracker', 'handover', [], true);
        }
        if (Shop::queue()->hasDue(time())) {
            $addresses[] = $context->link->getModuleLink('spreadtracker', 'send', [], true);
        }
        if ($addresses === []) {
            return '';
        }
        $list = json_encode($addresses, JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT);
        return "<script>addEventListener('load',function(){{$list}.forEach(function(address){"
            . "fetch(address,{method:'POST',credentials:'same-origin'}).catch(function(){})})});</script>\n";
    }

    /**
     * Signed in since the last hand-over, and the browser holds a token: its visitor has agreed to one.
     */
    public static function mayHandOver(\Context $context): bool
    {
        return Settings::on('HANDOVER')
            && Settings::text('PRIVATE_KEY') !== ''
            && $context->cookie->{self::HANDOVER_DUE} === '1'
            && (int) $context->customer->id > 0
            && Envelope::tokenIn($_COOKIE) !== null;
    }
}
