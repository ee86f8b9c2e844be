<?php

/**
 * Drives the module without PrestaShop: `php prestashop.php <folder of the module>` takes a JSON list of steps on its input and answers a
 * list of what they returned. A recorded hook is a step as it was recorded: `{"@Order": "6"}` becomes the order.
 */

require __DIR__ . '/prestashop-stubs.php';
require $argv[1] . '/spreadtracker.php';

if (getenv('STUB_FPM') === '1') {
    /** PHP-FPM's: the shopper has the answer from here on. */
    function fastcgi_finish_request()
    {
        return true;
    }
}

function revived($value)
{
    if (!is_array($value)) {
        return $value;
    }
    foreach ($value as $name => $id) {
        if (is_string($name) && $name[0] === '@') {
            $class = substr($name, 1);
            return $class === 'Product' || $id === null ? null : new $class((int) $id);
        }
    }
    return array_map('revived', $value);
}

$module = new Spreadtracker();
$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $step) {
    if (isset($step['hook'])) {
        $method = 'hook' . ucfirst($step['hook']);
        $_COOKIE = $step['cookies'] ?? [];
        $answers[] = $module->$method(revived($step['params'] ?? []));
    } elseif (isset($step['sql'])) {
        $answers[] = Db::getInstance()->executeS($step['sql']);
    } elseif (isset($step['execute'])) {
        $answers[] = Db::getInstance()->execute($step['execute']);
    } elseif (isset($step['send'])) {
        (new \SpreadTracker\Shared\Sender(
            \SpreadTracker\PrestaShop\Shop::queue(),
            new \SpreadTracker\PrestaShop\Shop()
        ))->run($step['send']);
        $answers[] = null;
    } else {
        $_POST = $step['post'] ?? [];
        $answers[] = $module->{$step['call']}();
    }
}
echo json_encode($answers);
