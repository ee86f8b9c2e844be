<?php

/**
 * Spread Tracker for PrestaShop 1.7, 8 and 9: the script of every page, and clients, orders, carts and newsletter from the server.
 *
 * @license Apache-2.0
 */

if (!defined('_PS_VERSION_')) {
    exit;
}

require_once __DIR__ . '/autoload.php';

use SpreadTracker\PrestaShop\ConfigPage;
use SpreadTracker\PrestaShop\Events;
use SpreadTracker\PrestaShop\Pages;
use SpreadTracker\PrestaShop\Rights;
use SpreadTracker\PrestaShop\Settings;
use SpreadTracker\PrestaShop\Shop;

class Spreadtracker extends Module
{
    private const HOOKS = [
        'displayHeader',
        'displayBeforeBodyClosingTag',
        'actionAuthentication',
        'actionCustomerAccountAdd',
        'actionObjectCustomerAddAfter',
        'actionObjectCustomerUpdateAfter',
        'actionObjectAddressAddAfter',
        'actionObjectAddressUpdateAfter',
        'actionCartSave',
        'actionValidateOrder',
        'actionOrderStatusPostUpdate',
        'actionOrderEdited',
        'actionOrderSlipAdd',
        'actionNewsletterRegistrationAfter',
        'registerGDPRConsent',
        'actionDeleteGDPRCustomer',
        'actionExportGDPRData',
    ];

    public function __construct()
    {
        $this->name = 'spreadtracker';
        $this->tab = 'analytics_stats';
        $this->version = Shop::MODULE_VERSION;
        $this->author = 'Spread Tracker';
        $this->need_instance = 0;
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '1.7.0.0', 'max' => '9.99.99'];
        parent::__construct();
        $texts = Shop::texts();
        $this->displayName = 'Spread Tracker';
        $this->description = $texts->say('description');
        $this->confirmUninstall = $texts->say('uninstall.sure');
    }

    public function install()
    {
        if (!parent::install()) {
            return false;
        }
        Shop::queue()->create();
        Settings::install();
        foreach (self::HOOKS as $hook) {
            if (!$this->registerHook($hook)) {
                return false;
            }
        }
        return true;
    }

    public function uninstall()
    {
        Shop::queue()->drop();
        Settings::remove();
        return parent::uninstall();
    }

    /**
     * PrestaShop has checked the employee, their rights on modules and the token of the address before it calls this.
     */
    public function getContent()
    {
        return (new ConfigPage($this, $this->context))->answer();
    }

    public function hookDisplayHeader()
    {
        return Pages::head();
    }

    public function hookDisplayBeforeBodyClosingTag()
    {
        return Pages::foot($this->context);
    }

    public function hookActionAuthentication($params)
    {
        Events::signedIn($params, $this->context);
    }

    public function hookActionCustomerAccountAdd($params)
    {
        Events::customer(isset($params['newCustomer']) ? $params['newCustomer'] : null);
        Events::signedIn($params, $this->context);
    }

    public function hookActionObjectCustomerAddAfter($params)
    {
        Events::customer(isset($params['object']) ? $params['object'] : null);
    }

    public function hookActionObjectCustomerUpdateAfter($params)
    {
        Events::customer(isset($params['object']) ? $params['object'] : null);
    }

    public function hookActionObjectAddressAddAfter($params)
    {
        Events::address(isset($params['object']) ? $params['object'] : null);
    }

    public function hookActionObjectAddressUpdateAfter($params)
    {
        Events::address(isset($params['object']) ? $params['object'] : null);
    }

    public function hookActionCartSave($params)
    {
        Events::cart(isset($params['cart']) ? $params['cart'] : null);
    }

    public function hookActionValidateOrder($params)
    {
        Events::order(isset($params['order']) ? (int) $params['order']->id : 0, 'order.upsert');
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        Events::order(isset($params['id_order']) ? (int) $params['id_order'] : 0, 'order.upsert');
    }

    public function hookActionOrderEdited($params)
    {
        Events::order(isset($params['order']) ? (int) $params['order']->id : 0, 'order.upsert');
    }

    public function hookActionOrderSlipAdd($params)
    {
        Events::order(isset($params['order']) ? (int) $params['order']->id : 0, 'refund.upsert');
    }

    public function hookActionNewsletterRegistrationAfter($params)
    {
        Events::newsletter($params, $this->context);
    }

    public function hookRegisterGDPRConsent()
    {
    }

    /**
     * @param array $customer the customer's fields; for a visitor without account only `email`
     */
    public function hookActionDeleteGDPRCustomer($customer)
    {
        return json_encode(Rights::erase((array) $customer));
    }

    /**
     * @param array $customer as above
     */
    public function hookActionExportGDPRData($customer)
    {
        return json_encode(Rights::export((array) $customer));
    }
}
