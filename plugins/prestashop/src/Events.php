<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Event;

/**
 * What the hooks tell. Each writes one row of the queue and nothing else; a fault of ours never stops the shop.
 */
final class Events
{
    private const CART_SECONDS = 20;
    /** PrestaShop's own word for "subscribe me", and what other modules write. */
    private const SUBSCRIBES = ['0', 'subscribe'];

    /** @var bool */
    private static $sendsAtEnd = false;

    /**
     * @param \Customer|null $customer
     */
    public static function customer($customer): void
    {
        if (!$customer || !$customer->id || !Settings::on('CUSTOMERS', self::shopOf($customer))) {
            return;
        }
        $event = new Event(self::shopOf($customer), 'customer.upsert', 'customer:' . (int) $customer->id);
        $event->email = (string) $customer->email;
        self::put($event);
    }

    /**
     * @param \Address|null $address
     */
    public static function address($address): void
    {
        if ($address && (int) $address->id_customer > 0) {
            self::customer(new \Customer((int) $address->id_customer));
        }
    }

    public static function order(int $id, string $topic): void
    {
        $order = $id > 0 ? new \Order($id) : null;
        if (!$order || !$order->id || !Settings::on('ORDERS', self::shopOf($order))) {
            return;
        }
        $event = new Event(self::shopOf($order), $topic, 'order:' . $id);
        $event->email = (string) (new \Customer((int) $order->id_customer))->email;
        self::put($event);
    }

    /**
     * Carts of customers who are signed in; anybody else's is nobody's business.
     *
     * @param \Cart|null $cart
     */
    public static function cart($cart): void
    {
        if (!$cart || !$cart->id || (int) $cart->id_customer < 1 || !Settings::on('CARTS', self::shopOf($cart))) {
            return;
        }
        $event = new Event(self::shopOf($cart), 'cart.upsert', 'cart:' . (int) $cart->id);
        $event->email = (string) (new \Customer((int) $cart->id_customer))->email;
        $event->delay = self::CART_SECONDS;
        self::put($event);
    }

    /**
     * The newsletter block of the footer: the person's own act, with or without an account.
     */
    public static function newsletter(array $params, \Context $context): void
    {
        $email = isset($params['email']) && is_string($params['email']) ? trim($params['email']) : '';
        $shop = (int) $context->shop->id;
        if (!empty($params['error']) || !\Validate::isEmail($email) || !Settings::on('NEWSLETTER', $shop)) {
            return;
        }
        $action = isset($params['action']) && is_scalar($params['action']) ? (string) $params['action'] : '';
        $event = new Event($shop, 'actionNewsletterRegistrationAfter', '');
        $event->email = $email;
        $event->object = [
            'hook' => 'actionNewsletterRegistrationAfter',
            'params' => [
                'email' => $email,
                'action' => in_array($action, self::SUBSCRIBES, true) ? '0' : '1',
                'error' => false,
            ],
        ] + ($context->language ? Objects::language((int) $context->language->id) : []);
        self::put($event);
    }

    /**
     * Remembers that the next page may hand the browser its token.
     */
    public static function signedIn(array $params, \Context $context): void
    {
        if (isset($params['customer']) && is_object($params['customer'])) {
            self::customer($params['customer']);
        }
        if (Settings::on('HANDOVER')) {
            $context->cookie->{Pages::HANDOVER_DUE} = '1';
        }
    }

    private static function put(Event $event): void
    {
        try {
            $event->token = Settings::visitorToken();
            Shop::queue()->put($event, time());
            if (!self::$sendsAtEnd) {
                self::$sendsAtEnd = true;
                register_shutdown_function([Runner::class, 'atEnd']);
            }
        } catch (\Throwable $fault) {
            \PrestaShopLogger::addLog('spreadtracker: ' . get_class($fault) . ' while queueing ' . $event->topic, 3);
        }
    }

    private static function shopOf($object): int
    {
        $shop = isset($object->id_shop) ? (int) $object->id_shop : 0;
        return $shop > 0 ? $shop : (int) \Context::getContext()->shop->id;
    }
}
