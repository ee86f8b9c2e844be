<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Snippet;
use SpreadTracker\Shared\Texts;

/**
 * The fields of the settings page, as PrestaShop's HelperForm takes them, and what stands in them.
 */
final class ConfigFields
{
    /** @var Texts */
    private $texts;

    /** @var string[] by id */
    private $states;

    /** @var string[] by id */
    private $languages;

    public function __construct(Texts $texts, array $states, array $languages)
    {
        $this->texts = $texts;
        $this->states = $states;
        $this->languages = $languages;
    }

    public function forms(string $nonce, string $test, string $subscribers): array
    {
        return [
            $this->section('connection', [
                ['type' => 'hidden', 'name' => $nonce],
                $this->line('text', 'URL'),
                $this->line('password', 'SECRET'),
                $this->line('text', 'PUBLIC_KEY'),
                $this->line('password', 'PRIVATE_KEY'),
            ]),
            $this->section('switches', array_merge(
                array_map([$this, 'switchOf'], Settings::SWITCHES),
                [$this->choice('CONSENT', $this->texts->say('field.CONSENT'), [
                    Snippet::WAITS => $this->texts->say('consent.pending'),
                    Snippet::GRANTED => $this->texts->say('consent.granted'),
                ])]
            ), [[
                'type' => 'submit', 'name' => $subscribers, 'title' => $this->texts->say('subscribers.send'),
                'icon' => 'process-icon-envelope',
            ]]),
            $this->section('carts', $this->cartAddresses()),
            $this->section('states', $this->stateChoices(), [[
                'type' => 'submit', 'name' => $test, 'title' => $this->texts->say('test'), 'icon' => 'process-icon-ok',
            ]]),
        ];
    }

    public function values(): array
    {
        $values = [];
        foreach (array_merge(Settings::SWITCHES, Settings::TEXTS) as $name) {
            $values['SPREADTRACKER_' . $name] = Settings::text($name);
        }
        foreach (Settings::SECRETS as $name) {
            $values['SPREADTRACKER_' . $name] = '';
        }
        $states = Settings::map('STATES');
        foreach (array_keys($this->states) as $id) {
            $values['SPREADTRACKER_STATE_' . $id] = isset($states[(string) $id]) ? $states[(string) $id] : '';
        }
        $addresses = Settings::map('CART_URLS');
        foreach (array_keys($this->languages) as $id) {
            $values['SPREADTRACKER_CART_URL_' . $id] = isset($addresses[(string) $id]) ? $addresses[(string) $id] : '';
        }
        return $values;
    }

    private function section(string $name, array $inputs, array $buttons = []): array
    {
        $form = [
            'legend' => ['title' => $this->texts->say('section.' . $name)],
            'description' => $this->texts->say('section.' . $name . '.about'),
            'input' => $inputs,
            'submit' => ['title' => $this->texts->say('save')],
        ];
        return ['form' => $buttons === [] ? $form : $form + ['buttons' => $buttons]];
    }

    private function line(string $type, string $name): array
    {
        return [
            'type' => $type,
            'name' => 'SPREADTRACKER_' . $name,
            'label' => $this->texts->say('field.' . $name),
            'desc' => $this->texts->say($this->isKept($name) ? 'field.kept' : 'field.' . $name . '.about'),
        ];
    }

    private function isKept(string $name): bool
    {
        return in_array($name, Settings::SECRETS, true) && Settings::text($name) !== '';
    }

    private function switchOf(string $name): array
    {
        return [
            'type' => 'switch',
            'name' => 'SPREADTRACKER_' . $name,
            'label' => $this->texts->say('field.' . $name),
            'desc' => $this->texts->say('field.' . $name . '.about'),
            'is_bool' => true,
            'values' => [
                ['id' => $name . '_on', 'value' => 1, 'label' => $this->texts->say('yes')],
                ['id' => $name . '_off', 'value' => 0, 'label' => $this->texts->say('no')],
            ],
        ];
    }

    private function cartAddresses(): array
    {
        $lines = [$this->line('text', 'CART_URL')];
        foreach ($this->languages as $id => $name) {
            $lines[] = [
                'type' => 'text',
                'name' => 'SPREADTRACKER_CART_URL_' . $id,
                'label' => $this->texts->say('field.CART_URL.of', ['language' => self::plain($name)]),
            ];
        }
        return $lines;
    }

    private function stateChoices(): array
    {
        $codes = ['' => $this->texts->say('state_code.auto')];
        foreach (Settings::CODES as $code) {
            $codes[$code] = $this->texts->say('state_code.' . $code);
        }
        $choices = [];
        foreach ($this->states as $id => $name) {
            $choices[] = $this->choice('STATE_' . $id, self::plain($name), $codes);
        }
        return $choices;
    }

    /**
     * @param string[] $choices label by value
     */
    private function choice(string $name, string $label, array $choices): array
    {
        $query = [];
        foreach ($choices as $value => $words) {
            $query[] = ['id' => (string) $value, 'name' => $words];
        }
        return [
            'type' => 'select',
            'name' => 'SPREADTRACKER_' . $name,
            'label' => $label,
            'options' => ['query' => $query, 'id' => 'id', 'name' => 'name'],
        ];
    }

    /**
     * PrestaShop's template prints labels as they are.
     */
    private static function plain(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}
