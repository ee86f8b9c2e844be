<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Envelope;

/**
 * The cookie that tells the tracker who signed in (`sbtl`), as SPREAD's own module sets it.
 */
final class HandOver
{
    private const SECONDS = 15552000;

    /**
     * @return string the token, to be kept by the browser; empty: none came
     */
    public static function ask(\Context $context): string
    {
        $call = curl_init(Settings::origin() . '/api/RegenCookie');
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => http_build_query(['data' => [
                'customer_email' => (string) $context->customer->email,
                'external_id' => (string) $context->customer->id,
                'customer_cookie' => (string) Envelope::tokenIn($_COOKIE),
            ]]),
            CURLOPT_USERPWD => Settings::text('PUBLIC_KEY') . ':' . Settings::text('PRIVATE_KEY'),
            CURLOPT_HTTPAUTH => CURLAUTH_BASIC,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => 2,
            CURLOPT_TIMEOUT => 5,
        ]);
        $answer = curl_exec($call);
        $status = (int) curl_getinfo($call, CURLINFO_HTTP_CODE);
        curl_close($call);
        $said = $status === 200 ? json_decode((string) $answer, true) : null;
        $token = isset($said['datas']['cookie']) ? $said['datas']['cookie'] : '';
        return is_string($token) && preg_match('/^[A-Za-z0-9_.-]{8,512}$/D', $token) === 1 ? $token : '';
    }

    public static function keep(string $token): void
    {
        setcookie('sbtl', $token, time() + self::SECONDS, '/');
    }
}
