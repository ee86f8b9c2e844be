<?php

namespace SpreadTracker\WooCommerce;

use SpreadTracker\Shared\Snippet;
use SpreadTracker\Shared\Texts;

/**
 * The fields of the settings page.
 */
final class SettingsFields
{
    /** @var Texts */
    private $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    public function show(): void
    {
        $this->section('connection');
        $this->line('url', 'url');
        $this->secret('secret');
        $this->line('public_key', 'text');
        $this->secret('private_key');
        $this->end();
        $this->section('switches');
        foreach (['active', 'snippet', 'orders', 'customers', 'carts'] as $name) {
            $this->box($name);
        }
        $this->choice('consent', [Snippet::WAITS, Snippet::GRANTED]);
        $this->end();
        $this->section('boxes');
        foreach (['email', 'sms'] as $channel) {
            $this->box('box_' . $channel);
            $this->line('text_' . $channel, 'text', Settings::boxText($channel));
        }
        $this->end();
    }

    private function section(string $name): void
    {
        printf(
            '<h2>%s</h2><p>%s</p><table class="form-table" role="presentation"><tbody>',
            esc_html($this->texts->say('section.' . $name)),
            esc_html($this->texts->say('section.' . $name . '.about'))
        );
    }

    private function end(): void
    {
        echo '</tbody></table>';
    }

    private function line(string $name, string $type, string $shown = ''): void
    {
        $this->row($name, sprintf(
            '<input type="%1$s" id="st-%2$s" name="%2$s" value="%3$s" placeholder="%4$s" class="regular-text" />',
            esc_attr($type),
            esc_attr($name),
            esc_attr(Settings::text($name)),
            esc_attr($shown)
        ), 'field.' . $name . '.about');
    }

    private function secret(string $name): void
    {
        $kept = Settings::text($name) !== '';
        $this->row($name, sprintf(
            '<input type="password" id="st-%1$s" name="%1$s" value="" class="regular-text" autocomplete="new-password" />',
            esc_attr($name)
        ), $kept ? 'field.kept' : 'field.' . $name . '.about');
    }

    private function box(string $name): void
    {
        $this->row($name, sprintf(
            '<input type="checkbox" id="st-%1$s" name="%1$s" value="1"%2$s />',
            esc_attr($name),
            Settings::text($name) === '1' ? ' checked="checked"' : ''
        ), 'field.' . $name . '.about');
    }

    /**
     * @param string[] $values
     */
    private function choice(string $name, array $values): void
    {
        $options = '';
        foreach ($values as $value) {
            $options .= sprintf(
                '<option value="%s"%s>%s</option>',
                esc_attr($value),
                Settings::text($name) === $value ? ' selected="selected"' : '',
                esc_html($this->texts->say($name . '.' . $value))
            );
        }
        $this->row($name, sprintf('<select id="st-%1$s" name="%1$s">%2$s</select>', esc_attr($name), $options), '');
    }

    /**
     * @param string $field HTML, escaped where it was made
     */
    private function row(string $name, string $field, string $about): void
    {
        printf(
            '<tr><th scope="row"><label for="st-%s">%s</label></th><td>%s%s</td></tr>',
            esc_attr($name),
            esc_html($this->texts->say('field.' . $name)),
            $field,
            $about === '' ? '' : '<p class="description">' . esc_html($this->texts->say($about)) . '</p>'
        );
    }
}
