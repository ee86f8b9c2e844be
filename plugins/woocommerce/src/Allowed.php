<?php

namespace SpreadTracker\WooCommerce;

/**
 * The fields that leave the shop, by the names of WooCommerce's REST API. Never `order_key` or `payment_url` (they open the order
 * to whoever holds them), network addresses, notes, hashes, or meta nobody asked for.
 */
final class Allowed
{
    public const META = [
        Boxes::EMAIL, Boxes::SMS, Boxes::AT, 'mailchimp_woocommerce_is_subscribed', 'mailchimp_woocommerce_sms_subscribed',
    ];
    private const ADDRESS = [
        'first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country', 'email',
        'phone',
    ];
    public const ORDER = [
        'id', 'parent_id', 'number', 'status', 'currency', 'version', 'prices_include_tax', 'total', 'total_tax',
        'shipping_total', 'shipping_tax', 'discount_total', 'discount_tax', 'customer_id', 'created_via', 'payment_method',
        'payment_method_title', 'date_created', 'date_created_gmt', 'date_modified', 'date_modified_gmt', 'date_paid',
        'date_paid_gmt', 'date_completed', 'date_completed_gmt',
        'billing' => self::ADDRESS,
        'line_items' => ['*' => [
            'id', 'name', 'product_id', 'variation_id', 'quantity', 'subtotal', 'subtotal_tax', 'total', 'total_tax', 'sku',
            'price',
        ]],
        'coupon_lines' => ['*' => ['id', 'code', 'discount', 'discount_tax']],
        'refunds' => ['*' => ['id', 'reason', 'total']],
        'meta_data' => ['*' => ['key', 'value']],
    ];
    public const CUSTOMER = [
        'id', 'email', 'first_name', 'last_name', 'role', 'is_paying_customer', 'date_created', 'date_created_gmt',
        'date_modified', 'date_modified_gmt',
        'billing' => self::ADDRESS,
        'meta_data' => ['*' => ['key', 'value']],
    ];
}
