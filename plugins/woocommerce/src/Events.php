<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Event;

/**
 * What WooCommerce's and WordPress' hooks tell. Each writes one row of the queue and nothing else; a fault of ours never stops the shop.
 */
final class Events
{
    public static function listen(): void
    {
        add_action('woocommerce_checkout_order_processed', [self::class, 'placed'], 20, 1);
        add_action('woocommerce_store_api_checkout_order_processed', [self::class, 'placed'], 20, 1);
        foreach (['woocommerce_new_order', 'woocommerce_update_order', 'woocommerce_order_status_changed'] as $hook) {
            add_action($hook, [self::class, 'changed'], 20, 1);
        }
        add_action('woocommerce_order_refunded', [self::class, 'changed'], 20, 1);
        add_action('woocommerce_refund_deleted', [self::class, 'refundDeleted'], 20, 2);
        $accounts = [
            'user_register', 'profile_update', 'woocommerce_created_customer', 'woocommerce_new_customer',
            'woocommerce_update_customer', 'woocommerce_save_account_details', 'woocommerce_customer_save_address',
        ];
        foreach ($accounts as $hook) {
            add_action($hook, [self::class, 'account'], 20, 1);
        }
    }

    /**
     * At checkout, classic or by blocks: here the visitor's own token is known.
     *
     * @param int|\WC_Order $order
     */
    public static function placed($order): void
    {
        $order = is_object($order) ? $order : wc_get_order($order);
        if ($order) {
            Carts::ordered();
            self::order($order);
        }
    }

    /**
     * Webhooks tell it; this does where they do not work.
     *
     * @param int $id
     */
    public static function changed($id): void
    {
        if (is_scalar($id) && !Webhooks::work()) {
            $order = wc_get_order((int) $id);
            if ($order) {
                self::order($order);
            }
        }
    }

    /**
     * @param int $refund
     * @param int $order
     */
    public static function refundDeleted($refund, $order): void
    {
        self::changed($order);
    }

    /**
     * @param int $id of the user
     */
    public static function account($id): void
    {
        $user = is_scalar($id) ? get_userdata((int) $id) : false;
        if (!$user || !in_array('customer', (array) $user->roles, true) || !Settings::on('customers')) {
            return;
        }
        $event = new Event(Site::id(), 'customer.upsert', 'customer:' . (int) $user->ID);
        $event->email = (string) $user->user_email;
        self::put($event);
    }

    /**
     * @param \WC_Order $order
     */
    public static function order($order): void
    {
        // Drafts of the checkout block and refunds (orders of their own kind) state nothing.
        $draft = in_array($order->get_status(), ['checkout-draft', 'auto-draft', 'draft', 'new'], true);
        if ($draft || $order->get_type() !== 'shop_order' || !Settings::on('orders')) {
            return;
        }
        $event = new Event(Site::id(), 'order.upsert', 'order:' . (int) $order->get_id());
        $event->email = (string) $order->get_billing_email();
        self::put($event);
    }

    public static function put(Event $event): void
    {
        try {
            $event->token = Settings::visitorToken();
            Site::queue()->put($event, time());
            Schedule::soon();
        } catch (\Throwable $fault) {
            error_log('spread-tracker: ' . get_class($fault) . ' while queueing ' . $event->topic);
        }
    }
}
