<?php

/**
 * Plugin Name: WooCommerce stubs
 * Description: As much of WooCommerce as the plugin touches. Its objects are what was recorded on WooCommerce 7.9 and 9.4.
 */

if (!defined('WC_VERSION')) {
    define('WC_VERSION', '9.4.3');
}

function stub_stored($name)
{
    $stored = get_option('stub_' . $name);
    return is_array($stored) ? $stored : [];
}

function stub_store($name, $id, $value)
{
    $stored = stub_stored($name);
    $stored[$id] = $value;
    if ($value === null) {
        unset($stored[$id]);
    }
    update_option('stub_' . $name, $stored);
}

class WC_Order
{
    public $said;

    public function __construct(array $said)
    {
        $this->said = $said;
    }

    public function get_id()
    {
        return $this->said['id'];
    }

    public function get_status()
    {
        return $this->said['status'];
    }

    public function get_type()
    {
        return 'shop_order';
    }

    public function get_billing_email()
    {
        return $this->said['billing']['email'];
    }

    public function get_meta($key)
    {
        foreach ($this->said['meta_data'] as $meta) {
            if ($meta['key'] === $key) {
                return $meta['value'];
            }
        }
        return '';
    }

    public function update_meta_data($key, $value)
    {
        $this->delete_meta_data($key);
        $this->said['meta_data'][] = ['id' => count($this->said['meta_data']) + 1000, 'key' => $key, 'value' => $value];
    }

    public function delete_meta_data($key)
    {
        $this->said['meta_data'] = array_values(array_filter($this->said['meta_data'], function ($meta) use ($key) {
            return $meta['key'] !== $key;
        }));
    }

    public function save_meta_data()
    {
        stub_store('orders', $this->get_id(), $this->said);
    }

    public function save()
    {
        $this->save_meta_data();
    }
}

function wc_get_order($id)
{
    $orders = stub_stored('orders');
    return isset($orders[(int) $id]) ? new WC_Order($orders[(int) $id]) : false;
}

function wc_get_orders($query)
{
    $found = [];
    foreach (stub_stored('orders') as $said) {
        if ($said['billing']['email'] === $query['billing_email']) {
            $found[] = new WC_Order($said);
        }
    }
    return array_slice($found, ($query['paged'] - 1) * $query['limit'], $query['limit']);
}

function get_woocommerce_currency()
{
    return 'EUR';
}

class WC_Webhook
{
    private $data;

    public function __construct(array $data = ['id' => 0])
    {
        $this->data = $data + ['id' => 0, 'status' => 'disabled', 'delivery_url' => '', 'secret' => '', 'topic' => ''];
    }

    public function __call($name, $arguments)
    {
        list($verb, $field) = explode('_', $name, 2);
        if ($verb === 'set') {
            $this->data[$field] = $arguments[0];
            return null;
        }
        return $this->data[$field];
    }

    public function save()
    {
        if ($this->data['id'] === 0) {
            $this->data['id'] = count(stub_stored('webhooks')) + 1;
        }
        stub_store('webhooks', $this->data['id'], $this->data);
    }

    public function delete($force = false)
    {
        stub_store('webhooks', $this->data['id'], null);
    }

    /** As WooCommerce 9 delivers, but for what it writes into its log. */
    public function deliver($id)
    {
        list($resource, $event) = explode('.', $this->data['topic']);
        wp_set_current_user($this->data['user_id']);
        $payload = $event === 'deleted' ? ['id' => $id] : stub_rest("/wc/v3/{$resource}s/$id")[1];
        $payload = apply_filters('woocommerce_webhook_payload', $payload, $resource, $id, $this->data['id']);
        wp_set_current_user(0);
        $body = trim(wp_json_encode($payload));
        $request = [
            'method' => 'POST', 'timeout' => 60, 'redirection' => 0, 'body' => $body,
            'user-agent' => 'WooCommerce/9.4.3 Hookshot (WordPress/6.5.5)',
            'headers' => [
                'Content-Type' => 'application/json',
                'X-WC-Webhook-Source' => home_url('/'),
                'X-WC-Webhook-Topic' => $this->data['topic'],
                'X-WC-Webhook-Resource' => $resource,
                'X-WC-Webhook-Event' => $event,
                'X-WC-Webhook-Signature' => base64_encode(hash_hmac('sha256', $body, $this->data['secret'], true)),
                'X-WC-Webhook-ID' => $this->data['id'],
                'X-WC-Webhook-Delivery-ID' => md5($this->data['id'] . time()),
            ],
        ];
        $response = wp_remote_request($this->data['delivery_url'], $request);
        do_action('woocommerce_webhook_delivery', $request, $response, 0.1, $id, $this->data['id']);
    }
}

function wc_get_webhook($id)
{
    $webhooks = stub_stored('webhooks');
    return isset($webhooks[$id]) ? new WC_Webhook($webhooks[$id]) : null;
}

function woocommerce_register_additional_checkout_field($field)
{
    stub_store('fields', $field['id'], $field);
}

/** WooCommerce itself: a session and a cart, both as the test wrote them. */
class Stub_WooCommerce
{
    public $session;
    public $cart;

    public function __construct()
    {
        $this->session = new class {
            public function get($key)
            {
                return stub_stored('session')[$key] ?? null;
            }

            public function set($key, $value)
            {
                stub_store('session', $key, $value);
            }
        };
        $this->cart = new class {
            public function get_cart()
            {
                return array_map(function ($line) {
                    $line['data'] = new class ($line) {
                        private $line;

                        public function __construct($line)
                        {
                            $this->line = $line;
                        }

                        public function get_sku()
                        {
                            return $this->line['sku'];
                        }

                        public function get_name()
                        {
                            return $this->line['name'];
                        }
                    };
                    return $line;
                }, stub_stored('cart'));
            }

            public function get_total($context = 'view')
            {
                return array_sum(array_map(function ($line) {
                    return $line['line_total'] + $line['line_tax'];
                }, stub_stored('cart')));
            }
        };
    }
}

function WC()
{
    static $instance;
    $instance = $instance ?: new Stub_WooCommerce();
    return $instance;
}

/** As WooCommerce's API answers: only to who may manage the shop. */
function stub_rest($route)
{
    if (!apply_filters('woocommerce_rest_check_permissions', current_user_can('manage_options'), 'read', 0, 'shop_order')) {
        return [401, ['code' => 'woocommerce_rest_cannot_view']];
    }
    preg_match('~^/wc/v3/(orders|customers)/(\d+)$~', $route, $found);
    $said = stub_stored($found[1])[(int) $found[2]] ?? null;
    return $said === null ? [404, ['code' => 'woocommerce_rest_invalid_id']] : [200, $said];
}

if (function_exists('register_rest_route')) {
    add_action('rest_api_init', function () {
        register_rest_route('wc/v3', '/(?P<kind>orders|customers)/(?P<id>\d+)', [
            'methods' => 'GET',
            'permission_callback' => '__return_true',
            'callback' => function ($request) {
                list($status, $said) = stub_rest($request->get_route());
                return $status === 200 ? $said : new WP_Error($said['code'], $said['code'], ['status' => $status]);
            },
        ]);
    });
}

/** A customer orders: the hooks of WooCommerce in their order. */
function stub_checkout(array $said, $kind, array $post, array $fields)
{
    $order = new WC_Order($said);
    $id = $order->get_id();
    if ($kind === 'classic') {
        $_POST = $post;
        do_action('woocommerce_checkout_create_order', $order, []);
        $order->save();
        do_action('woocommerce_new_order', $id, $order);
        do_action('woocommerce_checkout_order_processed', $id, [], $order);
    } else {
        do_action('woocommerce_store_api_checkout_update_order_from_request', $order, null);
        foreach ($fields as $key => $value) {
            do_action('woocommerce_set_additional_field_value', $key, $value, 'other', $order);
        }
        $order->save();
        do_action('woocommerce_new_order', $id, $order);
        do_action('woocommerce_store_api_checkout_order_processed', $order);
    }
    update_option('stub_cart', []);
    do_action('woocommerce_cart_emptied', true);
}
