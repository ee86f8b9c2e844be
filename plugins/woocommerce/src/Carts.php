<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Envelope;
use SpreadTracker\Shared\Event;

/**
 * Carts of customers who are signed in. WooCommerce has no name for a cart but the session's, which is a secret: ours is random,
 * kept in the session, and written on the order that comes of it.
 */
final class Carts
{
    public const META = '_tracker_cart';
    private const SESSION = 'spread_tracker_cart';
    private const SECONDS = 20;

    /** @var bool */
    private static $changed = false;

    public static function listen(): void
    {
        $hooks = [
            'woocommerce_add_to_cart', 'woocommerce_cart_item_removed', 'woocommerce_cart_item_restored',
            'woocommerce_after_cart_item_quantity_update', 'woocommerce_cart_item_set_quantity',
            'woocommerce_applied_coupon', 'woocommerce_removed_coupon', 'woocommerce_cart_emptied',
        ];
        foreach ($hooks as $hook) {
            add_action($hook, [self::class, 'changed'], 20, 0);
        }
        add_action('woocommerce_checkout_create_order', [self::class, 'name'], 20, 1);
        add_action('woocommerce_store_api_checkout_update_order_from_request', [self::class, 'name'], 20, 1);
    }

    /**
     * Several hooks a click: the cart is read once, when the request ends.
     */
    public static function changed(): void
    {
        if (!self::$changed && Settings::on('carts')) {
            self::$changed = true;
            add_action('shutdown', [self::class, 'tell'], 5, 0);
        }
    }

    /**
     * @param \WC_Order $order
     */
    public static function name($order): void
    {
        $key = self::key();
        if ($key !== '') {
            $order->update_meta_data(self::META, $key);
        }
    }

    /**
     * What empties the cart from here on is the order, which tells it by its meta.
     */
    public static function ordered(): void
    {
        self::$changed = false;
        if (function_exists('WC') && WC()->session) {
            WC()->session->set(self::SESSION, null);
        }
    }

    public static function tell(): void
    {
        if (!self::$changed) {
            return;
        }
        self::$changed = false;
        $user = get_current_user_id();
        $cart = function_exists('WC') ? WC()->cart : null;
        if ($user < 1 || !$cart || !WC()->session) {
            return;
        }
        $items = array_values(array_map([self::class, 'item'], $cart->get_cart()));
        $key = self::key();
        if ($key === '' && $items === []) {
            return;
        }
        if ($key === '') {
            $key = Envelope::uuid();
            WC()->session->set(self::SESSION, $key);
        }
        $account = get_userdata($user);
        $event = new Event(Site::id(), 'cart.upsert', 'cart:' . $key);
        $event->email = $account ? (string) $account->user_email : '';
        $event->delay = self::SECONDS;
        $event->object = [
            'key' => $key,
            'customer_id' => $user,
            'email' => $event->email,
            'currency' => (string) get_woocommerce_currency(),
            'total' => $items === [] ? '0' : (string) $cart->get_total('edit'),
            'updated_at_gmt' => gmdate('Y-m-d\TH:i:s'),
            'items' => $items,
        ];
        Events::put($event);
    }

    private static function key(): string
    {
        $key = function_exists('WC') && WC()->session ? WC()->session->get(self::SESSION) : null;
        return is_string($key) ? $key : '';
    }

    /**
     * @param array $line as WooCommerce's cart has it
     */
    private static function item(array $line): array
    {
        $product = isset($line['data']) && is_object($line['data']) ? $line['data'] : null;
        return [
            'product_id' => (int) $line['product_id'],
            'variation_id' => (int) $line['variation_id'],
            'sku' => $product ? (string) $product->get_sku() : '',
            'name' => $product ? (string) $product->get_name() : '',
            'quantity' => $line['quantity'],
            'line_total' => isset($line['line_total']) ? (string) $line['line_total'] : '',
            'line_tax' => isset($line['line_tax']) ? (string) $line['line_tax'] : '',
        ];
    }
}
