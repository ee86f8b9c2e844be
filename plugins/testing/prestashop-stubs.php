<?php

/**
 * As much of PrestaShop as its module touches. Objects are what was recorded on PrestaShop 8.2.1; the database is SQLite.
 * STUB_DATABASE: its file. STUB_WORLD: JSON, class => id => fields as the webservice names them.
 */

define('_PS_VERSION_', '8.2.1');
define('_DB_PREFIX_', 'ps_');
define('_COOKIE_KEY_', 'the cookie key of this shop');

function pSQL($string, $htmlOK = false)
{
    return str_replace("'", "''", $htmlOK ? $string : strip_tags($string));
}

class Db
{
    private static $instance;
    private $sqlite;

    public static function getInstance()
    {
        if (self::$instance === null) {
            self::$instance = new self();
            self::$instance->sqlite = new SQLite3(getenv('STUB_DATABASE'));
            self::$instance->sqlite->enableExceptions(true);
            self::$instance->sqlite->busyTimeout(5000);
            self::$instance->sqlite->exec('CREATE TABLE IF NOT EXISTS stub (name TEXT PRIMARY KEY, value TEXT)');
        }
        return self::$instance;
    }

    public function execute($sql, $useCache = true)
    {
        if (strpos($sql, 'CREATE TABLE') === 0) {
            $sql = preg_replace(
                ['/BIGINT UNSIGNED NOT NULL AUTO_INCREMENT/', '/,\s*(PRIMARY )?KEY .*$/s', '/ UNSIGNED/'],
                ['INTEGER PRIMARY KEY AUTOINCREMENT', ')', ''],
                $sql
            );
        }
        return $this->sqlite->exec($sql);
    }

    /** As PrestaShop in its debug mode: a table that is not there throws. */
    public function executeS($sql, $array = true, $useCache = true)
    {
        try {
            $result = $this->sqlite->query($sql);
        } catch (Exception $fault) {
            throw new PrestaShopDatabaseException($fault->getMessage());
        }
        $rows = [];
        while ($row = $result->fetchArray(SQLITE3_ASSOC)) {
            $rows[] = $row;
        }
        return $rows;
    }

    public function Affected_Rows()
    {
        return $this->sqlite->changes();
    }
}

class PrestaShopDatabaseException extends Exception
{
}

class Configuration
{
    public static function get($key, $idLang = null, $idShopGroup = null, $idShop = null)
    {
        $rows = Db::getInstance()->executeS("SELECT value FROM stub WHERE name = '" . pSQL($key, true) . "'");
        $given = ['PS_CURRENCY_DEFAULT' => '1', 'PS_TIMEZONE' => 'Europe/Paris'];
        return $rows === [] ? ($given[$key] ?? false) : $rows[0]['value'];
    }

    public static function updateValue($key, $value)
    {
        $values = "'" . pSQL($key, true) . "', '" . pSQL($value, true) . "'";
        return Db::getInstance()->execute("INSERT OR REPLACE INTO stub (name, value) VALUES ($values)");
    }

    public static function deleteByName($key)
    {
        return Db::getInstance()->execute("DELETE FROM stub WHERE name = '" . pSQL($key, true) . "'");
    }
}

/** Fields as PrestaShop has them: all texts, the ones it knows nothing of empty. */
class ObjectModel
{
    public $id;

    public function __construct($id = null, $idLang = null)
    {
        $world = json_decode(file_get_contents(getenv('STUB_WORLD')), true);
        $fields = $world[static::class][(string) $id] ?? [];
        foreach ($fields as $name => $value) {
            $this->$name = $value;
        }
        $this->id = isset($fields['id']) ? (int) $id : null;
    }

    public static function world($name, $id)
    {
        $world = json_decode(file_get_contents(getenv('STUB_WORLD')), true);
        return $world[$name][(string) $id] ?? [];
    }
}

#[AllowDynamicProperties]
class Order extends ObjectModel
{
}

#[AllowDynamicProperties]
class Customer extends ObjectModel
{
    public $email;
    public $id_shop;
    public $id_lang;
    public $id_gender;
}

#[AllowDynamicProperties]
class Address extends ObjectModel
{
    public $id_customer;
    public $id_country;

    public static function getFirstCustomerAddressId($idCustomer)
    {
        return self::world('FirstAddress', $idCustomer) ?: 0;
    }
}

#[AllowDynamicProperties]
class Country extends ObjectModel
{
    public $iso_code;
}

#[AllowDynamicProperties]
class Currency extends ObjectModel
{
    public $iso_code;
}

#[AllowDynamicProperties]
class Language extends ObjectModel
{
    public $iso_code;

    public static function getLanguages($active = true)
    {
        return [['id_lang' => '1', 'name' => 'Français (French)'], ['id_lang' => '2', 'name' => 'English <GB>']];
    }
}

#[AllowDynamicProperties]
class OrderState extends ObjectModel
{
    public static function getOrderStates($idLang)
    {
        $states = [];
        $world = json_decode(file_get_contents(getenv('STUB_WORLD')), true);
        foreach ($world['OrderState'] as $id => $state) {
            $states[] = ['id_order_state' => (string) $id, 'name' => $state['name']];
        }
        return $states;
    }
}

class OrderDetail
{
    public static function getList($idOrder)
    {
        return ObjectModel::world('OrderDetail', $idOrder);
    }
}

class OrderSlip
{
    public static function getOrdersSlip($idCustomer, $idOrder = false)
    {
        return ObjectModel::world('OrderSlip', $idOrder);
    }
}

#[AllowDynamicProperties]
class Cart extends ObjectModel
{
    public const BOTH_WITHOUT_SHIPPING = 4;
    public $id_customer;
    public $id_shop;

    public function getProducts()
    {
        return self::world('CartProducts', $this->id);
    }

    public function getOrderTotal($withTaxes, $type)
    {
        return array_sum(array_column($this->getProducts(), 'total_wt'));
    }

    public function orderExists()
    {
        return (bool) self::world('CartOrdered', $this->id);
    }
}

class Shop
{
    public $id = 1;

    public function __construct($id = 1)
    {
        $this->id = (int) $id;
    }

    public function getBaseURL($ssl = false)
    {
        return 'https://boutique.example/';
    }
}

class Link
{
    public function getModuleLink($module, $controller, array $params = [], $ssl = null)
    {
        return "/module/$module/$controller" . ($params === [] ? '' : '?' . http_build_query($params));
    }

    public function getPageLink($controller, $ssl = null, $idLang = null, $request = [])
    {
        return 'https://boutique.example/' . ($idLang === 2 ? 'en/cart' : 'panier') . '?' . http_build_query($request);
    }

    public function getAdminLink($controller, $withToken = true, $sfRouteParams = [], $params = [])
    {
        return 'index.php?' . http_build_query(['controller' => $controller] + $params);
    }
}

/** PrestaShop's own cookie: kept in the database here, in the visitor's browser there. */
class Cookie
{
    public function __get($name)
    {
        return Configuration::get('cookie.' . $name);
    }

    public function __set($name, $value)
    {
        Configuration::updateValue('cookie.' . $name, $value);
    }

    public function __isset($name)
    {
        return Configuration::get('cookie.' . $name) !== false;
    }

    public function __unset($name)
    {
        Configuration::deleteByName('cookie.' . $name);
    }

    public function write()
    {
    }
}

class Context
{
    private static $instance;
    public $shop;
    public $language;
    public $link;
    public $cookie;
    public $customer;
    public $employee;
    public $controller;

    public static function getContext()
    {
        if (self::$instance === null) {
            self::$instance = new self();
            self::$instance->shop = new Shop();
            self::$instance->language = new Language((int) (getenv('STUB_LANGUAGE') ?: 1));
            self::$instance->link = new Link();
            self::$instance->cookie = new Cookie();
            self::$instance->customer = new Customer((int) getenv('STUB_CUSTOMER'));
            self::$instance->employee = (object) ['id' => 7];
            self::$instance->controller = new class {
                public function getLanguages()
                {
                    return Language::getLanguages(false);
                }
            };
        }
        return self::$instance;
    }
}

class Tools
{
    public static function getValue($key, $default = false)
    {
        return $_POST[$key] ?? $_GET[$key] ?? $default;
    }

    public static function isSubmit($name)
    {
        return isset($_POST[$name]);
    }

    public static function getAdminTokenLite($tab)
    {
        return 'token-of-' . $tab;
    }
}

class Validate
{
    public static function isEmail($email)
    {
        return filter_var($email, FILTER_VALIDATE_EMAIL) !== false;
    }

    public static function isUrl($url)
    {
        return preg_match('/^[~:#,$%&_=\(\)\.\? \+\-@\/a-zA-Z0-9\pL\pS-]+$/u', $url) === 1;
    }
}

class PrestaShopLogger
{
    public static function addLog($message, $severity = 1)
    {
        fwrite(fopen('php://stderr', 'w'), $message . "\n");
    }
}

class Module
{
    public $name;
    public $tab;
    public $version;
    public $author;
    public $need_instance;
    public $bootstrap;
    public $ps_versions_compliancy;
    public $displayName;
    public $description;
    public $confirmUninstall;
    public $context;

    public function __construct()
    {
        $this->context = Context::getContext();
    }

    public function install()
    {
        return true;
    }

    public function uninstall()
    {
        Configuration::deleteByName('hooks');
        return true;
    }

    public function registerHook($hook)
    {
        $hooks = json_decode((string) Configuration::get('hooks'), true) ?: [];
        $method = 'hook' . ucfirst($hook);
        if (!method_exists($this, $method)) {
            throw new RuntimeException("$method is missing");
        }
        Configuration::updateValue('hooks', json_encode(array_merge($hooks, [$hook])));
        return true;
    }

    public function displayError($text)
    {
        return '<p class="error">' . $text . '</p>';
    }

    public function displayConfirmation($text)
    {
        return '<p class="done">' . $text . '</p>';
    }

    public function getPermission($right, $employee = null)
    {
        return getenv('STUB_MAY_CONFIGURE') !== '0';
    }
}

class HelperForm
{
    public $module;
    public $name_controller;
    public $identifier;
    public $submit_action;
    public $currentIndex;
    public $token;
    public $default_form_language;
    public $tpl_vars;

    /** Labels as they are, values escaped: as PrestaShop's template does it. */
    public function generateForm(array $forms)
    {
        $html = "<form method=\"post\" action=\"{$this->currentIndex}&token={$this->token}\">";
        foreach ($forms as ['form' => $form]) {
            $html .= "<h2>{$form['legend']['title']}</h2><p>{$form['description']}</p>";
            foreach ($form['input'] as $input) {
                $value = htmlspecialchars($this->tpl_vars['fields_value'][$input['name']], ENT_QUOTES);
                $label = $input['label'] ?? '';
                $html .= "<label>$label<input type=\"{$input['type']}\" name=\"{$input['name']}\" value=\"$value\"></label>";
            }
        }
        return $html . "<button name=\"{$this->submit_action}\"></button></form>";
    }
}

class ModuleFrontController
{
    public $context;

    public function __construct()
    {
        $this->context = Context::getContext();
    }
}
