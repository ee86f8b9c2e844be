<?php

namespace SpreadTracker\PrestaShop;

use SpreadTracker\Shared\Answer;
use SpreadTracker\Shared\Connection;
use SpreadTracker\Shared\Envelope;
use SpreadTracker\Shared\Snippet;
use SpreadTracker\Shared\Texts;

/**
 * The module's page of settings in the back office.
 */
final class ConfigPage
{
    private const SAVE = 'submitSpreadtracker';
    private const TEST = 'testSpreadtracker';
    private const SUBSCRIBERS = 'subscribersSpreadtracker';
    private const NONCE = 'spreadtracker_nonce';
    private const TEST_SECONDS = 20;

    /** @var \Module */
    private $module;

    /** @var \Context */
    private $context;

    /** @var Texts */
    private $texts;

    public function __construct(\Module $module, \Context $context)
    {
        $this->module = $module;
        $this->context = $context;
        $this->texts = Shop::texts();
    }

    public function answer(): string
    {
        $said = '';
        if (array_filter([self::SAVE, self::TEST, self::SUBSCRIBERS], [\Tools::class, 'isSubmit']) !== []) {
            $said = $this->mayChange() ? $this->act() : $this->module->displayError($this->text('form.again'));
        }
        return $said . $this->state() . $this->form();
    }

    /**
     * This employee's own form, and their right to configure modules.
     */
    private function mayChange(): bool
    {
        $given = \Tools::getValue(self::NONCE);
        return is_string($given)
            && hash_equals($this->nonce(), $given)
            && $this->module->getPermission('configure', $this->context->employee);
    }

    private function act(): string
    {
        $faults = $this->save();
        $said = '';
        foreach ($faults as $fault) {
            $said .= $this->module->displayError($this->text($fault));
        }
        if ($faults !== []) {
            return $said;
        }
        Shop::queue()->wake(time());
        if (\Tools::isSubmit(self::SUBSCRIBERS)) {
            return $this->putSubscribers();
        }
        if (!\Tools::isSubmit(self::TEST)) {
            return $this->module->displayConfirmation($this->text('saved'));
        }
        return $this->test();
    }

    /**
     * Everything that can be read is kept; what cannot is told.
     *
     * @return string[] keys of texts
     */
    private function save(): array
    {
        $faults = [];
        $url = rtrim(self::given('URL'), '/');
        if (Connection::originOf($url) !== '') {
            Settings::save('URL', $url);
        } else {
            $faults[] = 'fault.url';
        }
        $key = self::given('PUBLIC_KEY');
        if (preg_match('/^[A-Za-z0-9_-]{8,128}$/D', $key) === 1) {
            Settings::save('PUBLIC_KEY', $key);
        } else {
            $faults[] = 'fault.public_key';
        }
        foreach (Settings::SECRETS as $name) {
            // An empty field leaves the secret as it is: it is never shown.
            if (self::given($name) !== '') {
                Settings::save($name, self::given($name));
            }
        }
        if (Settings::text('SECRET') === '') {
            $faults[] = 'fault.secret';
        }
        foreach (Settings::SWITCHES as $name) {
            Settings::save($name, self::given($name) === '1' ? '1' : '0');
        }
        Settings::save('CONSENT', self::given('CONSENT') === Snippet::GRANTED ? Snippet::GRANTED : Snippet::WAITS);
        $states = [];
        foreach (array_keys($this->states()) as $id) {
            $code = self::given('STATE_' . $id);
            if (in_array($code, Settings::CODES, true)) {
                $states[$id] = $code;
            }
        }
        Settings::save('STATES', (string) json_encode((object) $states));
        return array_merge($faults, $this->saveCartAddresses());
    }

    /**
     * @return string[] keys of texts
     */
    private function saveCartAddresses(): array
    {
        $own = [];
        $faults = [];
        foreach (array_merge([''], array_keys($this->languages())) as $language) {
            $address = self::given('CART_URL' . ($language === '' ? '' : '_' . $language));
            if ($address !== '' && !(preg_match('~^https?://~i', $address) === 1 && \Validate::isUrl($address))) {
                $faults = ['fault.cart_url'];
            } elseif ($language === '') {
                Settings::save('CART_URL', $address);
            } elseif ($address !== '') {
                $own[$language] = $address;
            }
        }
        Settings::save('CART_URLS', (string) json_encode((object) $own));
        return $faults;
    }

    /**
     * Those of the newsletter block, once and when the merchant says so.
     */
    private function putSubscribers(): string
    {
        $shop = (int) $this->context->shop->id;
        if (!Settings::on('NEWSLETTER', $shop)) {
            return $this->module->displayError($this->text('subscribers.off'));
        }
        $many = Subscribers::putAll($shop);
        if ($many === 0) {
            return $this->module->displayError($this->text('subscribers.none'));
        }
        return $this->module->displayConfirmation($this->text('subscribers.queued', ['count' => (string) $many]));
    }

    /**
     * One delivery that states nothing, and then what waits.
     */
    private function test(): string
    {
        $shop = new Shop();
        $connection = $shop->connection((int) $this->context->shop->id);
        if ($connection === null) {
            return $this->module->displayError($this->text('test.off'));
        }
        $body = Envelope::body($connection->shop, $shop->now(), null, []);
        $headers = Envelope::headers('ping', Envelope::uuid(), $connection->secret, $body, $shop->now());
        list($status) = $shop->post($connection->url, $headers, $body);
        $outcome = Answer::outcome($status);
        $shop->note($outcome, $status);
        if ($outcome !== Answer::DONE) {
            return $this->module->displayError($this->text('test.' . $outcome, ['status' => (string) $status]));
        }
        Runner::run(self::TEST_SECONDS);
        return $this->module->displayConfirmation($this->text('test.done'));
    }

    private function state(): string
    {
        $look = Shop::queue()->look();
        $lines = [$this->text('state.waiting', ['count' => (string) $look['waiting']])];
        if ($look['oldest'] > 0) {
            $lines[] = $this->text('state.oldest', ['date' => self::date($look['oldest'])]);
        }
        foreach (['LAST_DONE' => 'state.done', 'LAST_FAULT' => 'state.fault', 'DROPPED' => 'state.dropped'] as $name => $key) {
            $value = (int) Settings::text($name);
            if ($value > 0) {
                $lines[] = $this->text($key, [
                    'date' => self::date($value), 'count' => (string) $value, 'status' => Settings::text('LAST_STATUS'),
                ]);
            }
        }
        $address = $this->context->link->getModuleLink('spreadtracker', 'send', ['key' => Settings::cronKey()], true);
        $lines[] = $this->text('state.cron', ['url' => $address]);
        $items = implode('', array_map(function ($line) {
            return '<li>' . htmlspecialchars($line, ENT_QUOTES, 'UTF-8') . '</li>';
        }, $lines));
        $title = htmlspecialchars($this->text('state.title'), ENT_QUOTES, 'UTF-8');
        return "<div class=\"panel\"><h3>$title</h3><ul>$items</ul></div>";
    }

    private function form(): string
    {
        $fields = new ConfigFields($this->texts, $this->states(), $this->languages());
        $helper = new \HelperForm();
        $helper->module = $this->module;
        $helper->name_controller = $this->module->name;
        $helper->identifier = 'id_module';
        $helper->submit_action = self::SAVE;
        $helper->currentIndex = $this->context->link->getAdminLink(
            'AdminModules',
            true,
            [],
            ['configure' => $this->module->name]
        );
        $helper->token = \Tools::getAdminTokenLite('AdminModules');
        $helper->default_form_language = (int) $this->context->language->id;
        $helper->tpl_vars = [
            'fields_value' => $fields->values() + [self::NONCE => $this->nonce()],
            'languages' => $this->context->controller->getLanguages(),
            'id_language' => (int) $this->context->language->id,
        ];
        return $helper->generateForm($fields->forms(self::NONCE, self::TEST, self::SUBSCRIBERS));
    }

    /**
     * @return string[] by id
     */
    private function states(): array
    {
        $states = [];
        foreach (\OrderState::getOrderStates((int) $this->context->language->id) ?: [] as $state) {
            $states[(int) $state['id_order_state']] = (string) $state['name'];
        }
        return $states;
    }

    /**
     * @return string[] by id
     */
    private function languages(): array
    {
        $languages = [];
        foreach (\Language::getLanguages(false) ?: [] as $language) {
            $languages[(int) $language['id_lang']] = (string) $language['name'];
        }
        return $languages;
    }

    private function nonce(): string
    {
        return hash_hmac('sha256', 'spreadtracker:' . (int) $this->context->employee->id, _COOKIE_KEY_);
    }

    private function text(string $key, array $values = []): string
    {
        return $this->texts->say($key, $values);
    }

    private static function given(string $name): string
    {
        $value = \Tools::getValue('SPREADTRACKER_' . $name);
        return is_scalar($value) ? trim((string) $value) : '';
    }

    private static function date(int $at): string
    {
        return date('Y-m-d H:i:s', $at);
    }
}
