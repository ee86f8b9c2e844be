<?php

namespace SpreadTracker\WooCommerce;

/**
 * WordPress' tools for a person's data: what the plugin holds here, and the word passed on to the tracker, where the rest is.
 */
final class Privacy
{
    private const ORDERS = 50;
    private const ID = 'spread-tracker';

    public static function listen(): void
    {
        add_filter('wp_privacy_personal_data_exporters', [self::class, 'exporter']);
        add_filter('wp_privacy_personal_data_erasers', [self::class, 'eraser']);
        add_action('admin_init', [self::class, 'policy'], 10, 0);
    }

    public static function exporter(array $exporters): array
    {
        $exporters[self::ID] = ['exporter_friendly_name' => 'Spread Tracker', 'callback' => [self::class, 'export']];
        return $exporters;
    }

    public static function eraser(array $erasers): array
    {
        $erasers[self::ID] = ['eraser_friendly_name' => 'Spread Tracker', 'callback' => [self::class, 'erase']];
        return $erasers;
    }

    public static function policy(): void
    {
        if (function_exists('wp_add_privacy_policy_content')) {
            wp_add_privacy_policy_content('Spread Tracker', wp_kses_post(wpautop(Site::texts()->say('privacy.policy'))));
        }
    }

    /**
     * @return array `data` and `done`, as WordPress takes them
     */
    public static function export(string $email, int $page = 1): array
    {
        $items = [];
        if ($page === 1) {
            foreach (Site::queue()->about($email) as $row) {
                $items[] = self::item('queue-' . (int) $row['id'], [
                    'privacy.what' => (string) $row['topic'],
                    'privacy.when' => gmdate('Y-m-d H:i:s', (int) $row['occurred_at']) . ' UTC',
                    'privacy.content' => (string) ($row['body'] !== null ? $row['body'] : $row['object']),
                ]);
            }
            if (Settings::origin() !== '') {
                $address = Settings::origin() . '/my-data/' . rawurlencode(Settings::text('public_key'));
                $items[] = self::item('tracker', ['privacy.more' => $address]);
            }
        }
        $account = $page === 1 ? self::account($email) : 0;
        if ($account > 0) {
            $items = self::withBoxes($items, 'account-' . $account, function ($meta) use ($account) {
                return (string) get_user_meta($account, $meta, true);
            });
        }
        $orders = self::orders($email, $page);
        foreach ($orders as $order) {
            $items = self::withBoxes($items, 'order-' . (int) $order->get_id(), function ($meta) use ($order) {
                return (string) $order->get_meta($meta);
            });
        }
        return ['data' => $items, 'done' => count($orders) < self::ORDERS];
    }

    /**
     * @return array as WordPress takes it
     */
    public static function erase(string $email, int $page = 1): array
    {
        $removed = $page === 1 ? Site::queue()->forget($email) : 0;
        $account = $page === 1 ? self::account($email) : 0;
        foreach ($account > 0 ? [Boxes::EMAIL, Boxes::AT, Boxes::TEXT] : [] as $meta) {
            $removed += delete_user_meta($account, $meta) ? 1 : 0;
        }
        $orders = self::orders($email, $page);
        foreach ($orders as $order) {
            foreach ([Boxes::EMAIL, Boxes::SMS, Boxes::AT, Boxes::TEXT, Carts::META] as $meta) {
                $removed += (string) $order->get_meta($meta) === '' ? 0 : 1;
                $order->delete_meta_data($meta);
            }
            $order->save_meta_data();
        }
        $messages = [];
        if ($page === 1 && Settings::origin() !== '') {
            $passedOn = self::passOn($email);
            $messages[] = Site::texts()->say($passedOn ? 'privacy.passed_on' : 'privacy.by_hand', ['url' => Settings::origin()]);
        }
        return [
            'items_removed' => $removed > 0,
            'items_retained' => false,
            'messages' => $messages,
            'done' => count($orders) < self::ORDERS,
        ];
    }

    /**
     * A request in the tracker's register: its team checks and answers it there.
     */
    private static function passOn(string $email): bool
    {
        if (Settings::text('private_key') === '') {
            return false;
        }
        $pair = Settings::text('public_key') . ':' . Settings::text('private_key');
        $answer = wp_remote_post(Settings::origin() . '/api/rights-requests', [
            'headers' => ['Content-Type' => 'application/json', 'Authorization' => 'Basic ' . base64_encode($pair)],
            'body' => (string) wp_json_encode([
                'kind' => 'erasure',
                'email' => $email,
                'lang' => strpos((string) determine_locale(), 'fr') === 0 ? 'fr' : 'en',
                'note' => 'WordPress',
            ]),
            'timeout' => 10,
            'redirection' => 0,
        ]);
        return !is_wp_error($answer) && in_array((int) wp_remote_retrieve_response_code($answer), [200, 201], true);
    }

    /**
     * @return \WC_Order[]
     */
    private static function orders(string $email, int $page): array
    {
        if (!function_exists('wc_get_orders')) {
            return [];
        }
        $found = wc_get_orders([
            'billing_email' => $email, 'limit' => self::ORDERS, 'paged' => $page, 'type' => 'shop_order', 'orderby' => 'ID',
        ]);
        return is_array($found) ? $found : [];
    }

    private static function account(string $email): int
    {
        $account = get_user_by('email', $email);
        return $account ? (int) $account->ID : 0;
    }

    /**
     * @param array $items
     * @param callable $read the value of a meta field
     */
    private static function withBoxes(array $items, string $id, callable $read): array
    {
        $values = array_filter([
            'privacy.box_email' => $read(Boxes::EMAIL),
            'privacy.box_sms' => $read(Boxes::SMS),
            'privacy.box_at' => $read(Boxes::AT),
            'privacy.box_text' => $read(Boxes::TEXT),
        ], 'strlen');
        return $values === [] ? $items : array_merge($items, [self::item($id, $values)]);
    }

    /**
     * @param string[] $values by key of a text
     */
    private static function item(string $id, array $values): array
    {
        $data = [];
        foreach ($values as $name => $value) {
            $data[] = ['name' => Site::texts()->say($name), 'value' => $value];
        }
        return [
            'group_id' => self::ID,
            'group_label' => 'Spread Tracker',
            'item_id' => self::ID . '-' . $id,
            'data' => $data,
        ];
    }
}
