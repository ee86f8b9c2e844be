<?php
// A shop's client, as SPREAD's documentation and the PrestaShop module 2.2 write it: nothing here knows more than they say.

/** v1: a form of http_build_query, whatever scheme of authentication the server asks for, redirects followed, the answer decoded. */
function spread_v1(string $base, string $method, array $params, string $public, string $private): array
{
    return spread_call("$base/api/$method", [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => http_build_query($params),
        CURLOPT_USERPWD => "$public:$private",
        CURLOPT_HTTPAUTH => CURLAUTH_ANY,
        CURLOPT_FOLLOWLOCATION => true,
    ]);
}

/** v2 reads: Basic at once. */
function spread_v2_get(string $url, string $public, string $private): array
{
    return spread_call($url, [CURLOPT_USERPWD => "$public:$private"]);
}

/** v2 writes: raw JSON under curl's own content type, posted again after a redirect. */
function spread_v2_post(string $url, array $body, string $public, string $private): array
{
    return spread_call($url, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => json_encode($body),
        CURLOPT_USERPWD => "$public:$private",
        CURLOPT_HTTPAUTH => CURLAUTH_ANY,
        CURLOPT_FOLLOWLOCATION => true,
        CURLOPT_POSTREDIR => 3,
    ]);
}

/** v3: Basic at once, a form. */
function spread_v3(string $base, string $call, string $name, array $data, string $public, string $private): array
{
    return spread_call("$base/api/v3/automations/$call/$name", [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => http_build_query($data),
        CURLOPT_USERPWD => "$public:$private",
    ]);
}

/** The module's way into the back office. 'deleted': it would throw its keys away. */
function spread_get_token(string $base, string $public, string $private): array
{
    $params = ['public' => $public, 'plateforme' => 'prestashop', 'apiKeys' => true, 'returnformat' => 'json'];
    ksort($params);
    $post = '';
    foreach ($params as $key => $value) {
        $post .= $key . '=' . $value . '&';
    }
    $call = spread_call("$base/api/GetToken", [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => $post . 'sign=' . sha1($post . $private),
    ]);
    $answer = is_array($call['json']) ? $call['json'] : [];
    if (!isset($answer['sign'])) {
        return ['deleted' => ($answer['return'] ?? '') === 'ERR-9003', 'verified' => false, 'sbt' => ''];
    }
    ksort($answer);
    $signed = '';
    foreach ($answer as $key => $value) {
        if ($key !== 'sign' && $key !== 'tosign') {
            $signed .= $key . '=' . $value . '&';
        }
    }
    return ['deleted' => false, 'verified' => sha1($signed . $private) === $answer['sign'], 'sbt' => $answer['sbt'] ?? ''];
}

/** One call. 'statuses': of every answer curl saw on the way, the challenge and redirects too. */
function spread_call(string $url, array $options): array
{
    $statuses = [];
    $curl = curl_init($url);
    curl_setopt_array($curl, $options + [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$statuses): int {
            if (preg_match('#^HTTP/\S+ (\d{3})#', $line, $match) && $match[1] !== '100') {
                $statuses[] = (int) $match[1];
            }
            return strlen($line);
        },
    ]);
    $body = curl_exec($curl);
    $failure = curl_error($curl);
    curl_close($curl);
    return ['statuses' => $statuses, 'failure' => $failure, 'json' => json_decode((string) $body, true)];
}
