<?php

namespace SpreadTracker\Shared;

/**
 * The script of every page.
 */
final class Snippet
{
    public const WAITS = 'pending';
    public const GRANTED = 'granted';

    /**
     * HTML for the head; empty where the key or the address is missing.
     */
    public static function html(string $origin, string $publicKey, string $consent): string
    {
        if ($origin === '' || $publicKey === '') {
            return '';
        }
        $source = self::attribute($origin . '/js/tracker.js');
        $key = self::attribute($publicKey);
        $state = $consent === self::GRANTED ? self::GRANTED : self::WAITS;
        return '<script>window.spread=window.spread||function(){(spread.q=spread.q||[]).push(arguments)};</script>' . "\n"
            . "<script async src=\"$source\" data-key=\"$key\" data-consent=\"$state\" data-with=\"banners\"></script>\n";
    }

    private static function attribute(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}
