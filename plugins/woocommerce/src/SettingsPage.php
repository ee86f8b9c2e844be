<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Answer;
use SpreadTracker\Shared\Connection;
use SpreadTracker\Shared\Envelope;
use SpreadTracker\Shared\Snippet;
use SpreadTracker\Shared\Texts;

/**
 * The plugin's page below "Settings".
 */
final class SettingsPage
{
    public const RIGHT = 'manage_options';
    public const ACTION = 'spread_tracker_save';
    public const PAGE = 'spread-tracker';

    public static function listen(string $file): void
    {
        add_action('admin_menu', [self::class, 'menu'], 10, 0);
        add_action('admin_post_' . self::ACTION, [self::class, 'save'], 10, 0);
        add_filter('plugin_action_links_' . plugin_basename($file), [self::class, 'link']);
    }

    public static function menu(): void
    {
        add_options_page('Spread Tracker', 'Spread Tracker', self::RIGHT, self::PAGE, [self::class, 'show']);
    }

    public static function link(array $links): array
    {
        $words = esc_html(Site::texts()->say('settings'));
        array_unshift($links, '<a href="' . esc_url(self::address([])) . '">' . $words . '</a>');
        return $links;
    }

    public static function save(): void
    {
        if (!current_user_can(self::RIGHT)) {
            wp_die(esc_html(Site::texts()->say('forbidden')), '', ['response' => 403]);
        }
        check_admin_referer(self::ACTION);
        $faults = self::keep(wp_unslash($_POST));
        Site::queue()->wake(time());
        Webhooks::ensure();
        $said = $faults === [] ? 'saved' : implode(',', $faults);
        $status = '';
        if ($faults === [] && isset($_POST['test'])) {
            list($outcome, $answered) = self::test();
            $said = 'test.' . $outcome;
            $status = (string) $answered;
        }
        wp_safe_redirect(self::address(['said' => $said, 'status' => $status]));
        exit;
    }

    /**
     * Everything that can be read is kept; what cannot is told.
     *
     * @param array $posted unslashed
     * @return string[] keys of texts
     */
    private static function keep(array $posted): array
    {
        $faults = [];
        $given = function (string $name) use ($posted): string {
            return isset($posted[$name]) && is_string($posted[$name]) ? trim($posted[$name]) : '';
        };
        $changed = ['user' => get_current_user_id()];
        $url = rtrim($given('url'), '/');
        if (Connection::originOf($url) !== '') {
            $changed['url'] = $url;
        } else {
            $faults[] = 'fault.url';
        }
        if (preg_match('/^[A-Za-z0-9_-]{8,128}$/D', $given('public_key')) === 1) {
            $changed['public_key'] = $given('public_key');
        } else {
            $faults[] = 'fault.public_key';
        }
        foreach (Settings::SECRETS as $name) {
            // An empty field leaves the secret as it is: it is never shown.
            if ($given($name) !== '') {
                $changed[$name] = $given($name);
            }
        }
        foreach (Settings::SWITCHES as $name) {
            $changed[$name] = $given($name) === '1' ? '1' : '0';
        }
        $changed['consent'] = $given('consent') === Snippet::GRANTED ? Snippet::GRANTED : Snippet::WAITS;
        foreach (['text_email', 'text_sms'] as $name) {
            $changed[$name] = sanitize_text_field($given($name));
        }
        Settings::save($changed);
        if (Settings::text('secret') === '') {
            $faults[] = 'fault.secret';
        }
        return $faults;
    }

    /**
     * One delivery that states nothing, and then what waits.
     *
     * @return array{0: string, 1: int}
     */
    private static function test(): array
    {
        $site = new Site();
        $connection = $site->connection(Site::id());
        if ($connection === null) {
            return ['off', 0];
        }
        $body = Envelope::body($connection->shop, $site->now(), null, []);
        $headers = Envelope::headers('ping', Envelope::uuid(), $connection->secret, $body, $site->now());
        list($status) = $site->post($connection->url, $headers, $body);
        $outcome = Answer::outcome($status);
        $site->note($outcome, $status);
        if ($outcome === Answer::DONE) {
            Schedule::soon();
        }
        return [$outcome, $status];
    }

    public static function show(): void
    {
        if (!current_user_can(self::RIGHT)) {
            return;
        }
        $texts = Site::texts();
        echo '<div class="wrap"><h1>Spread Tracker</h1>';
        self::said($texts);
        self::state($texts);
        echo '<form method="post" action="' . esc_url(admin_url('admin-post.php')) . '">';
        echo '<input type="hidden" name="action" value="' . esc_attr(self::ACTION) . '" />';
        wp_nonce_field(self::ACTION);
        (new SettingsFields($texts))->show();
        submit_button($texts->say('save'), 'primary', 'submit', false);
        echo ' ';
        submit_button($texts->say('test'), 'secondary', 'test', false);
        echo '</form></div>';
    }

    private static function said(Texts $texts): void
    {
        $said = isset($_GET['said']) && is_string($_GET['said']) ? sanitize_text_field(wp_unslash($_GET['said'])) : '';
        $status = isset($_GET['status']) ? (string) absint($_GET['status']) : '';
        foreach (array_filter(explode(',', $said)) as $key) {
            $words = $texts->say($key, ['status' => $status]);
            if ($words !== $key) {
                $kind = $key === 'saved' || $key === 'test.done' ? 'notice-success' : 'notice-error';
                printf('<div class="notice %s"><p>%s</p></div>', esc_attr($kind), esc_html($words));
            }
        }
    }

    private static function state(Texts $texts): void
    {
        $look = Site::queue()->look();
        $lines = [$texts->say('state.waiting', ['count' => (string) $look['waiting']])];
        if ($look['oldest'] > 0) {
            $lines[] = $texts->say('state.oldest', ['date' => self::date($look['oldest'])]);
        }
        $keys = ['last_done' => 'state.done', 'last_fault' => 'state.fault', 'dropped' => 'state.dropped'];
        foreach ($keys as $name => $key) {
            $value = (int) Settings::state($name);
            if ($value > 0) {
                $lines[] = $texts->say($key, [
                    'date' => self::date($value), 'count' => (string) $value,
                    'status' => (string) (int) Settings::state('last_status'),
                ]);
            }
        }
        if (Settings::on('orders')) {
            $lines[] = $texts->say(Webhooks::work() ? 'state.webhooks' : 'state.no_webhooks');
        }
        echo '<h2>' . esc_html($texts->say('state.title')) . '</h2><ul>';
        foreach ($lines as $line) {
            echo '<li>' . esc_html($line) . '</li>';
        }
        echo '</ul>';
    }

    private static function address(array $values): string
    {
        return add_query_arg(
            array_map('rawurlencode', ['page' => self::PAGE] + array_filter($values, 'strlen')),
            admin_url('options-general.php')
        );
    }

    private static function date(int $at): string
    {
        return (string) wp_date('Y-m-d H:i:s', $at);
    }
}
