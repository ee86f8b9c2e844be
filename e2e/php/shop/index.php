<?php
// A shop's login page: after it, the shop's server takes a cookie from SPREAD and hands it to the browser.
require __DIR__ . '/../spread.php';

$params = ['data' => ['customer_email' => $_POST['email'], 'customer_cookie' => $_COOKIE['sbt'] ?? null]];
[$base, $public, $private] = array_map('getenv', ['SPREAD_BASE', 'SPREAD_PUBLIC', 'SPREAD_PRIVATE']);
spread_v1($base, 'UpdateAccount', $params, $public, $private);
$answer = spread_v1($base, 'RegenCookie', $params, $public, $private);
if (isset($answer['json']['datas']['cookie'])) {
    setcookie('sbtl', $answer['json']['datas']['cookie'], time() + 15552000, '/');
}
echo 'Bonjour';
