<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Event;

/**
 * WooCommerce's own webhooks, made and mended by us. WooCommerce tries each delivery once and gives a webhook up after five failures: what
 * fails is queued, and what was given up is made active again.
 */
final class Webhooks
{
    private const TOPICS = ['order.created', 'order.updated', 'order.deleted', 'order.restored', 'customer.deleted'];
    private const STATE = 'webhooks';

    public static function listen(): void
    {
        add_filter('woocommerce_webhook_payload', [self::class, 'payload'], 20, 4);
        add_action('woocommerce_webhook_delivery', [self::class, 'delivered'], 20, 5);
    }

    /**
     * Whether all of them are there and active.
     */
    public static function work(): bool
    {
        $known = self::known();
        foreach (self::TOPICS as $topic) {
            $webhook = isset($known[$topic]) ? self::find($known[$topic]) : null;
            if ($webhook === null || $webhook->get_status() !== 'active') {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes what is missing and mends what differs; removes all where orders are not wanted.
     */
    public static function ensure(): void
    {
        if (!class_exists('WC_Webhook')) {
            return;
        }
        if (!Settings::on('orders') || Settings::origin() === '' || Settings::text('secret') === '') {
            self::remove();
            return;
        }
        $known = self::known();
        foreach (self::TOPICS as $topic) {
            $webhook = isset($known[$topic]) ? self::find($known[$topic]) : null;
            $webhook = $webhook === null ? new \WC_Webhook() : $webhook;
            if (self::isRight($webhook)) {
                continue;
            }
            $webhook->set_name('Spread Tracker ' . $topic);
            $webhook->set_user_id((int) Settings::text('user'));
            $webhook->set_topic($topic);
            $webhook->set_secret(Settings::text('secret'));
            $webhook->set_delivery_url(Settings::text('url'));
            $webhook->set_api_version('wp_api_v3');
            $webhook->set_failure_count(0);
            $webhook->set_status('active');
            $webhook->save();
            $known[$topic] = (int) $webhook->get_id();
        }
        Settings::remember(self::STATE, $known);
    }

    public static function remove(): void
    {
        foreach (self::known() as $id) {
            $webhook = class_exists('WC_Webhook') ? self::find((int) $id) : null;
            if ($webhook !== null) {
                $webhook->delete(true);
            }
        }
        if (self::known() !== []) {
            Settings::remember(self::STATE, []);
        }
    }

    /**
     * What leaves by our webhooks passes the same list as what leaves by the queue.
     *
     * @param mixed $payload
     * @param string $resource
     * @param mixed $resourceId
     * @param int $id of the webhook
     * @return mixed
     */
    public static function payload($payload, $resource, $resourceId, $id)
    {
        if (!in_array((int) $id, self::known(), true) || !is_array($payload)) {
            return $payload;
        }
        // WooCommerce may hand objects over that become arrays only when they are written.
        $said = json_decode((string) wp_json_encode($payload), true);
        if (!isset($said['status']) && !isset($said['email'])) {
            return $payload;
        }
        return $resource === 'order' ? Objects::orderOf($said) : Objects::customerOf($said);
    }

    /**
     * @param array $request
     * @param array|\WP_Error $response
     * @param float $duration
     * @param mixed $argument the object's id
     * @param int $id of the webhook
     */
    public static function delivered($request, $response, $duration, $argument, $id): void
    {
        $topic = array_search((int) $id, self::known(), true);
        $status = is_wp_error($response) ? 0 : (int) wp_remote_retrieve_response_code($response);
        if ($topic === false || ($status >= 200 && $status < 300) || !is_scalar($argument)) {
            return;
        }
        if (substr((string) $topic, -8) === '.deleted') {
            $event = new Event(Site::id(), (string) $topic, $topic . ':' . (int) $argument);
            $event->object = ['id' => (int) $argument];
            Events::put($event);
            return;
        }
        $order = wc_get_order((int) $argument);
        if ($order) {
            Events::order($order);
        }
    }

    /**
     * @param \WC_Webhook $webhook
     */
    private static function isRight($webhook): bool
    {
        return $webhook->get_id() > 0
            && $webhook->get_status() === 'active'
            && $webhook->get_delivery_url() === Settings::text('url')
            && $webhook->get_secret() === Settings::text('secret');
    }

    /**
     * @return \WC_Webhook|null
     */
    private static function find(int $id)
    {
        $webhook = function_exists('wc_get_webhook') ? wc_get_webhook($id) : null;
        return $webhook ? $webhook : null;
    }

    /**
     * @return int[] by topic
     */
    private static function known(): array
    {
        $known = Settings::state(self::STATE);
        return is_array($known) ? array_map('intval', $known) : [];
    }
}
