<?php

namespace SpreadTracker\PrestaShop;

/**
 * PrestaShop's GDPR hooks: what the module holds of a person, and the word passed on to the tracker, where the rest is.
 */
final class Rights
{
    /**
     * @param array $customer the customer's fields, or only `email`
     * @return bool|string true, or what is left to do, in words
     */
    public static function erase(array $customer)
    {
        $email = self::emailOf($customer);
        if ($email === '') {
            return true;
        }
        Shop::queue()->forget($email);
        if (Settings::origin() === '') {
            return true;
        }
        return self::passOn('erasure', $email) ? true : Shop::texts()->say('rights.by_hand', ['url' => Settings::origin()]);
    }

    /**
     * @return array[]|string
     */
    public static function export(array $customer)
    {
        $email = self::emailOf($customer);
        $lines = [];
        foreach ($email === '' ? [] : Shop::queue()->about($email) as $row) {
            $lines[] = [
                'topic' => $row['topic'],
                'date' => gmdate('Y-m-d H:i:s', (int) $row['occurred_at']) . ' UTC',
                'content' => (string) ($row['body'] !== null ? $row['body'] : $row['object']),
            ];
        }
        if ($email !== '' && Settings::origin() !== '') {
            $lines[] = [
                'topic' => 'Spread Tracker',
                'date' => '',
                'content' => Settings::origin() . '/my-data/' . rawurlencode(Settings::text('PUBLIC_KEY')),
            ];
        }
        return $lines === [] ? Shop::texts()->say('rights.nothing') : $lines;
    }

    /**
     * A request in the tracker's register: its team checks and answers it there.
     */
    private static function passOn(string $kind, string $email): bool
    {
        if (Settings::text('PRIVATE_KEY') === '') {
            return false;
        }
        $language = \Context::getContext()->language;
        $call = curl_init(Settings::origin() . '/api/rights-requests');
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => (string) json_encode([
                'kind' => $kind,
                'email' => $email,
                'lang' => $language && $language->iso_code === 'fr' ? 'fr' : 'en',
                'note' => 'PrestaShop',
            ]),
            CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'Expect:'],
            CURLOPT_USERPWD => Settings::text('PUBLIC_KEY') . ':' . Settings::text('PRIVATE_KEY'),
            CURLOPT_HTTPAUTH => CURLAUTH_BASIC,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => 3,
            CURLOPT_TIMEOUT => 10,
        ]);
        curl_exec($call);
        $status = (int) curl_getinfo($call, CURLINFO_HTTP_CODE);
        curl_close($call);
        return $status === 200 || $status === 201;
    }

    private static function emailOf(array $customer): string
    {
        $email = isset($customer['email']) && is_string($customer['email']) ? trim($customer['email']) : '';
        return \Validate::isEmail($email) ? $email : '';
    }
}
