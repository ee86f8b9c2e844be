<?php

namespace SpreadTracker\Shared;

/**
 * One delivery to the collector: its body, made once, and the headers of an attempt.
 */
final class Envelope
{
    /**
     * JSON in ASCII, so that a queue's table may have any character set.
     *
     * @param array $shop what the platform and the shop are: platform, platform_version, module_version, shop
     * @param string|null $token the visitor's own, where their request caused the event
     * @param array $object the platform's own object, already less what is on no list
     */
    public static function body(array $shop, int $occurredAt, ?string $token, array $object): string
    {
        $said = $shop + ['occurred_at' => gmdate('Y-m-d\TH:i:s\Z', $occurredAt)];
        if ($token !== null) {
            $said['visitor'] = ['token' => $token];
        }
        $said['object'] = (object) $object;
        // A name in a broken encoding must not keep an order from being sent.
        return (string) json_encode($said, JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
    }

    /**
     * @return string[] header name => value
     */
    public static function headers(string $topic, string $delivery, string $secret, string $body, int $now): array
    {
        return [
            'Content-Type' => 'application/json',
            'X-Tracker-Topic' => $topic,
            'X-Tracker-Delivery' => $delivery,
            'X-Tracker-Timestamp' => (string) $now,
            'X-Tracker-Signature' => 'v1=' . hash_hmac('sha256', $now . '.' . $body, $secret),
        ];
    }

    /**
     * A random UUID (RFC 9562, version 4).
     */
    public static function uuid(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }

    /**
     * The visitor's token, or null where there is none or it cannot be one.
     *
     * @param array $cookies as in $_COOKIE
     */
    public static function tokenIn(array $cookies): ?string
    {
        $token = isset($cookies['sbt']) ? $cookies['sbt'] : null;
        return is_string($token) && preg_match('/^[A-Za-z0-9_.-]{8,512}$/D', $token) === 1 ? $token : null;
    }
}
