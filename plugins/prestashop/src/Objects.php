<?php

namespace SpreadTracker\PrestaShop;

/**
 * PrestaShop's objects as its webservice would write them, less what is on no list. What an object names by number stands beside it.
 */
final class Objects
{
    /**
     * @return array|null null: gone, or in a state the merchant never sends
     */
    public static function order(int $id): ?array
    {
        $order = new \Order($id);
        if (!$order->id) {
            return null;
        }
        $shop = (int) $order->id_shop;
        $states = Settings::map('STATES', $shop);
        $code = isset($states[(string) $order->current_state]) ? $states[(string) $order->current_state] : '';
        if ($code === Settings::NEVER_SENT || !Settings::on('ORDERS', $shop)) {
            return null;
        }
        $language = (int) $order->id_lang;
        $rows = [];
        foreach (\OrderDetail::getList($id) ?: [] as $row) {
            $rows[] = self::fields(['id' => $row['id_order_detail']] + $row, Allowed::ORDER_ROW);
        }
        $slips = [];
        foreach (\OrderSlip::getOrdersSlip((int) $order->id_customer, $id) ?: [] as $row) {
            $slips[] = self::fields(['id' => $row['id_order_slip']] + $row, Allowed::ORDER_SLIP);
        }
        $state = new \OrderState((int) $order->current_state, $language);
        $object = [
            'order' => self::fields($order, Allowed::ORDER) + ['associations' => ['order_rows' => $rows]],
            'customer' => self::person((int) $order->id_customer),
            'order_state' => self::fields($state, Allowed::ORDER_STATE) + ($code === '' ? [] : ['mapped' => $code]),
            'order_slips' => $slips,
        ];
        $object += self::place((int) $order->id_address_invoice);
        $object += self::currency((int) $order->id_currency) + self::language($language);
        return $object;
    }

    public static function customer(int $id): ?array
    {
        $customer = new \Customer($id);
        if (!$customer->id || !Settings::on('CUSTOMERS', (int) $customer->id_shop)) {
            return null;
        }
        $language = (int) $customer->id_lang;
        $object = ['customer' => self::fields($customer, Allowed::CUSTOMER)];
        $object += self::place((int) \Address::getFirstCustomerAddressId($id)) + self::language($language);
        return $object;
    }

    /**
     * @return array|null null also once it was ordered: the order tells that
     */
    public static function cart(int $id): ?array
    {
        $cart = new \Cart($id);
        $shop = (int) $cart->id_shop;
        if (!$cart->id || !$cart->id_customer || $cart->orderExists() || !Settings::on('CARTS', $shop)) {
            return null;
        }
        $rows = [];
        foreach ($cart->getProducts() ?: [] as $product) {
            // The webservice's rows have neither name nor price: they are named as its order rows name them.
            $rows[] = self::fields([
                'quantity' => $product['cart_quantity'],
                'product_name' => isset($product['name']) ? $product['name'] : '',
                'product_reference' => isset($product['reference']) ? $product['reference'] : '',
                'unit_price_tax_incl' => isset($product['price_wt']) ? $product['price_wt'] : '',
            ] + $product, Allowed::CART_ROW);
        }
        $seen = ['total' => $rows === [] ? null : self::total($cart), 'url' => self::cartUrl((int) $cart->id_lang, $shop)];
        $object = [
            'cart' => self::fields($seen + get_object_vars($cart), Allowed::CART)
                + ['associations' => ['cart_rows' => $rows]],
            'customer' => self::person((int) $cart->id_customer),
        ];
        $object += self::currency((int) $cart->id_currency) + self::language((int) $cart->id_lang);
        return $object;
    }

    /**
     * @return array language's code for what a visitor said without an account
     */
    public static function language(int $id): array
    {
        return $id > 0 ? ['language' => self::fields(new \Language($id), Allowed::LANGUAGE)] : [];
    }

    private static function person(int $id): array
    {
        return self::fields(new \Customer($id), Allowed::CUSTOMER);
    }

    private static function place(int $id): array
    {
        if ($id < 1) {
            return [];
        }
        $address = new \Address($id);
        $country = new \Country((int) $address->id_country);
        $seen = ['country_iso' => $country->iso_code];
        return ['address' => self::fields($seen + get_object_vars($address), Allowed::ADDRESS)];
    }

    private static function currency(int $id): array
    {
        return ['currency' => self::fields(new \Currency($id), Allowed::CURRENCY)];
    }

    /**
     * Products and vouchers, tax included; null where PrestaShop cannot say outside of the shopper's own request.
     */
    private static function total(\Cart $cart): ?string
    {
        try {
            return (string) $cart->getOrderTotal(true, \Cart::BOTH_WITHOUT_SHIPPING);
        } catch (\Throwable $fault) {
            return null;
        }
    }

    private static function cartUrl(int $language, int $shop): string
    {
        $own = Settings::map('CART_URLS', $shop);
        if (isset($own[(string) $language]) && $own[(string) $language] !== '') {
            return $own[(string) $language];
        }
        $given = Settings::text('CART_URL', $shop);
        $link = \Context::getContext()->link;
        if ($given !== '' || !$link) {
            return $given;
        }
        return (string) $link->getPageLink('cart', true, $language, ['action' => 'show']);
    }

    /**
     * Numbers as text, as the webservice has them.
     *
     * @param object|array $object
     */
    private static function fields($object, array $names): array
    {
        $values = is_array($object) ? $object : get_object_vars($object);
        $kept = [];
        foreach ($names as $name) {
            $value = isset($values[$name]) ? $values[$name] : null;
            if (is_bool($value)) {
                $value = $value ? '1' : '0';
            }
            if (is_scalar($value) && (string) $value !== '') {
                $kept[$name] = $name === 'id' ? (int) $value : (string) $value;
            }
        }
        return $kept;
    }
}
