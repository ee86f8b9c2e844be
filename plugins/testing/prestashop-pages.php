<?php

/**
 * Router of PHP's own server: the shop's page at `/`, and the module's addresses. STUB_MODULE: folder of the module.
 */

require __DIR__ . '/prestashop-stubs.php';
require getenv('STUB_MODULE') . '/spreadtracker.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (preg_match('~^/module/spreadtracker/(send|handover)$~', $path, $found) === 1) {
    require getenv('STUB_MODULE') . "/controllers/front/{$found[1]}.php";
    $class = 'Spreadtracker' . ucfirst($found[1]) . 'ModuleFrontController';
    (new $class())->postProcess();
}
$module = new Spreadtracker();
echo '<!doctype html><html><head>', $module->hookDisplayHeader(), '</head><body>',
    $module->hookDisplayBeforeBodyClosingTag(), '</body></html>';
