<?php

namespace SpreadTracker\WooCommerce;

/**
 * The opt-in boxes of the checkout, unticked, classic and by blocks, and the one of the form that makes an account. What the customer did
 * stands on the order, or on the account: `1` ticked, `0` left.
 */
final class Boxes
{
    public const EMAIL = '_tracker_email_optin';
    public const SMS = '_tracker_sms_optin';
    public const AT = '_tracker_optin_at';
    public const TEXT = '_tracker_optin_text';
    private const META = ['email' => self::EMAIL, 'sms' => self::SMS];
    private const SHOWN = 'spread_tracker_boxes';
    private const SHOWN_ACCOUNT = 'spread_tracker_account_boxes';

    public static function listen(): void
    {
        add_action('woocommerce_register_form', [self::class, 'showAccount'], 20, 0);
        add_action('woocommerce_created_customer', [self::class, 'readAccount'], 10, 1);
        add_action('woocommerce_review_order_before_submit', [self::class, 'show'], 10, 0);
        add_action('woocommerce_checkout_create_order', [self::class, 'read'], 20, 1);
        add_action('woocommerce_init', [self::class, 'register'], 20, 0);
        add_action('woocommerce_set_additional_field_value', [self::class, 'readField'], 10, 4);
    }

    public static function show(): void
    {
        self::draw(self::shown(), self::SHOWN, self::tickedBefore());
    }

    /**
     * The form of the account page asks for no number: only the e-mail box. What was ticked stays so when the form comes back.
     */
    public static function showAccount(): void
    {
        self::draw(self::shownAccount(), self::SHOWN_ACCOUNT, isset($_POST[self::field('email')]) ? ['email'] : []);
    }

    /**
     * @param string[] $channels
     * @param string[] $ticked
     */
    private static function draw(array $channels, string $name, array $ticked): void
    {
        foreach ($channels as $channel) {
            printf(
                '<p class="form-row spread-tracker-optin"><label class="woocommerce-form__label-for-checkbox checkbox">'
                . '<input type="checkbox" name="%1$s" value="1"%2$s /> <span>%3$s</span></label>'
                . '<input type="hidden" name="%4$s[]" value="%5$s" /></p>',
                esc_attr(self::field($channel)),
                in_array($channel, $ticked, true) ? ' checked="checked"' : '',
                esc_html(Settings::boxText($channel)),
                esc_attr($name),
                esc_attr($channel)
            );
        }
    }

    /**
     * The classic checkout, whose nonce WooCommerce has checked before it makes an order.
     *
     * @param \WC_Order $order
     */
    public static function read($order): void
    {
        foreach (self::posted(self::SHOWN, self::shown()) as $channel) {
            self::write($order, $channel, isset($_POST[self::field($channel)]));
        }
    }

    /**
     * The form of the account page, whose nonce WooCommerce has checked too. An account that the checkout makes has the order's boxes.
     *
     * @param int $id of the user
     */
    public static function readAccount($id): void
    {
        foreach (self::posted(self::SHOWN_ACCOUNT, self::shownAccount()) as $channel) {
            update_user_meta((int) $id, self::META[$channel], isset($_POST[self::field($channel)]) ? '1' : '0');
            update_user_meta((int) $id, self::AT, self::now());
            // WordPress takes a backslash away.
            update_user_meta((int) $id, self::TEXT, wp_slash((string) wp_json_encode([$channel => Settings::boxText($channel)])));
        }
    }

    /**
     * The block checkout (WooCommerce 8.9 and later).
     */
    public static function register(): void
    {
        if (!function_exists('woocommerce_register_additional_checkout_field')) {
            return;
        }
        foreach (self::shown() as $channel) {
            woocommerce_register_additional_checkout_field([
                'id' => self::block($channel),
                'label' => Settings::boxText($channel),
                'location' => 'order',
                'type' => 'checkbox',
                'required' => false,
            ]);
        }
    }

    /**
     * @param string $key
     * @param mixed $value
     * @param string $group
     * @param object $object an order, or the customer whose own field it is
     */
    public static function readField($key, $value, $group, $object): void
    {
        foreach (array_keys(self::META) as $channel) {
            if ($key === self::block($channel) && $object instanceof \WC_Order) {
                self::write($object, $channel, (bool) $value);
            }
        }
    }

    /**
     * @param \WC_Order $order
     */
    private static function write($order, string $channel, bool $ticked): void
    {
        $order->update_meta_data(self::META[$channel], $ticked ? '1' : '0');
        $order->update_meta_data(self::AT, self::now());
        $texts = json_decode((string) $order->get_meta(self::TEXT), true);
        $texts = array_merge(is_array($texts) ? $texts : [], [$channel => Settings::boxText($channel)]);
        $order->update_meta_data(self::TEXT, (string) wp_json_encode($texts));
    }

    /**
     * @return string[]
     */
    private static function shown(): array
    {
        return array_values(array_filter(array_keys(self::META), function ($channel) {
            return Settings::on('box_' . $channel);
        }));
    }

    /**
     * @return string[]
     */
    private static function shownAccount(): array
    {
        return array_values(array_intersect(self::shown(), ['email']));
    }

    /**
     * Which of the boxes the form had that was sent.
     *
     * @param string[] $channels
     * @return string[]
     */
    private static function posted(string $name, array $channels): array
    {
        $shown = isset($_POST[$name]) ? array_map('sanitize_key', (array) wp_unslash($_POST[$name])) : [];
        return array_values(array_intersect($channels, $shown));
    }

    private static function now(): string
    {
        return gmdate('Y-m-d\TH:i:s\Z');
    }

    /**
     * The part of the page around the boxes is written anew whenever the address changes: what was ticked stays so.
     *
     * @return string[]
     */
    private static function tickedBefore(): array
    {
        $posted = isset($_POST['post_data']) && is_string($_POST['post_data']) ? wp_unslash($_POST['post_data']) : '';
        parse_str($posted, $fields);
        return array_values(array_filter(array_keys(self::META), function ($channel) use ($fields) {
            return isset($fields[self::field($channel)]);
        }));
    }

    private static function field(string $channel): string
    {
        return 'spread_tracker_' . $channel;
    }

    private static function block(string $channel): string
    {
        return 'spread-tracker/' . $channel . '-optin';
    }
}
