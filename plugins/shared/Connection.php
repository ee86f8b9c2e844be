<?php

namespace SpreadTracker\Shared;

/**
 * Where a shop's deliveries go, and what every one of them says of the shop.
 */
final class Connection
{
    /** @var string */
    public $url;

    /** @var string */
    public $secret;

    /** @var array platform, platform_version, module_version, shop */
    public $shop;

    public function __construct(string $url, string $secret, array $shop)
    {
        $this->url = $url;
        $this->secret = $secret;
        $this->shop = $shop;
    }

    /**
     * Scheme, host and path before `/ingest/`: where the scripts are; empty if the address is not one of ours.
     */
    public static function originOf(string $url): string
    {
        return preg_match('~^(https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._/-]*)?)/ingest/[A-Za-z0-9_.-]+$~D', $url, $found) === 1
            ? $found[1]
            : '';
    }
}
