<?php
// php client.php <base> <public key> <private key>: reads one JSON list of calls from its input, makes them in order, prints their answers.
require __DIR__ . '/spread.php';

[, $base, $public, $private] = $argv;
$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $call) {
    [$kind, $what, $data] = [$call['kind'], $call['what'] ?? '', $call['data'] ?? []];
    $answers[] = match ($kind) {
        'v1' => spread_v1($base, $what, $data, $public, $call['private'] ?? $private),
        'v2 get' => spread_v2_get(str_starts_with($what, 'http') ? $what : "$base/api/v2/$what", $public, $private),
        'v2 post' => spread_v2_post("$base/api/v2/$what", $data, $public, $private),
        'v3 trigger' => spread_v3($base, 'trigger', $what, $data, $public, $private),
        'v3 stop' => spread_v3($base, 'stop', $what, $data, $public, $private),
        'token' => spread_get_token($base, $public, $call['private'] ?? $private),
    };
}
echo json_encode($answers);

