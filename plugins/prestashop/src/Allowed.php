<?php

namespace SpreadTracker\PrestaShop;

/**
 * The fields that leave the shop, by the names PrestaShop's webservice gives them. Never `passwd`, `secure_key`, `optin` (partners'
 * offers), `note`, `siret`.
 */
final class Allowed
{
    public const ORDER = [
        'id', 'id_address_delivery', 'id_address_invoice', 'id_cart', 'id_currency', 'id_lang', 'id_customer', 'id_carrier',
        'id_shop', 'current_state', 'module', 'payment', 'reference', 'invoice_number', 'invoice_date', 'delivery_date',
        'valid', 'date_add', 'date_upd', 'conversion_rate', 'total_discounts', 'total_discounts_tax_incl',
        'total_discounts_tax_excl', 'total_paid', 'total_paid_tax_incl', 'total_paid_tax_excl', 'total_paid_real',
        'total_products', 'total_products_wt', 'total_shipping', 'total_shipping_tax_incl', 'total_shipping_tax_excl',
        'total_wrapping_tax_incl',
    ];
    public const ORDER_ROW = [
        'id', 'product_id', 'product_attribute_id', 'product_quantity', 'product_name', 'product_reference', 'product_price',
        'unit_price_tax_incl', 'unit_price_tax_excl', 'total_price_tax_incl',
    ];
    public const ORDER_SLIP = [
        'id', 'id_order', 'id_customer', 'conversion_rate', 'total_products_tax_incl', 'total_shipping_tax_incl', 'amount',
        'shipping_cost', 'shipping_cost_amount', 'partial', 'order_slip_type', 'date_add', 'date_upd',
    ];
    public const ORDER_STATE = ['id', 'name', 'paid', 'logable', 'shipped', 'delivery', 'template', 'deleted'];
    public const CUSTOMER = [
        'id', 'id_default_group', 'id_lang', 'id_gender', 'id_shop', 'newsletter', 'newsletter_date_add', 'lastname',
        'firstname', 'email', 'birthday', 'company', 'is_guest', 'active', 'deleted', 'date_add', 'date_upd',
    ];
    public const ADDRESS = [
        'id', 'id_country', 'country_iso', 'company', 'lastname', 'firstname', 'address1', 'address2', 'postcode', 'city', 'phone',
        'phone_mobile', 'date_upd',
    ];
    public const CART = [
        'id', 'id_currency', 'id_customer', 'id_lang', 'id_shop', 'date_add', 'date_upd', 'total', 'url',
    ];
    public const CART_ROW = [
        'id_product', 'id_product_attribute', 'quantity', 'product_name', 'product_reference', 'unit_price_tax_incl',
    ];
    public const CURRENCY = ['id', 'iso_code'];
    public const LANGUAGE = ['id', 'iso_code', 'language_code', 'locale'];
}
