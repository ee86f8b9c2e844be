<?php

/**
 * As much of WordPress as the plugin touches: hooks, options, cron, users; its database is SQLite. STUB_DATABASE: the file of it.
 * What WordPress itself does with all this is tried in Debian's WordPress (e2e/wordpress.long.test.ts).
 */

define('ABSPATH', __DIR__ . '/');
define('ARRAY_A', 'ARRAY_A');

class wpdb
{
    public $prefix = 'wp_';
    private $sqlite;

    public function __construct($path)
    {
        $this->sqlite = new SQLite3($path);
        $this->sqlite->enableExceptions(true);
        $this->sqlite->busyTimeout(5000);
        $this->sqlite->exec('CREATE TABLE IF NOT EXISTS wp_options (name TEXT PRIMARY KEY, value TEXT)');
    }

    public function prepare($sql, $values)
    {
        return preg_replace_callback('/%[sd]/', function ($mark) use (&$values) {
            $value = array_shift($values);
            return $mark[0] === '%d' ? (string) (int) $value : "'" . str_replace("'", "''", $value) . "'";
        }, $sql);
    }

    public function query($sql)
    {
        if (strpos($sql, 'CREATE TABLE') === 0) {
            $sql = preg_replace(
                ['/BIGINT UNSIGNED NOT NULL AUTO_INCREMENT/', '/,\s*(PRIMARY )?KEY .*$/s', '/ UNSIGNED/'],
                ['INTEGER PRIMARY KEY AUTOINCREMENT', ')', ''],
                $sql
            );
        }
        $this->sqlite->exec($sql);
        return $this->sqlite->changes();
    }

    public function get_results($sql, $kind)
    {
        $rows = [];
        $result = $this->sqlite->query($sql);
        while ($row = $result->fetchArray(SQLITE3_ASSOC)) {
            $rows[] = $row;
        }
        return $rows;
    }
}

$wpdb = new wpdb(getenv('STUB_DATABASE'));
$stub_hooks = [];
$stub_user = 0;

function add_filter($hook, $callback, $priority = 10, $arguments = 1)
{
    global $stub_hooks;
    $stub_hooks[$hook][$priority][] = [$callback, $arguments];
}

function add_action($hook, $callback, $priority = 10, $arguments = 1)
{
    add_filter($hook, $callback, $priority, $arguments);
}

function apply_filters($hook, $value, ...$more)
{
    global $stub_hooks;
    $levels = $stub_hooks[$hook] ?? [];
    ksort($levels);
    foreach ($levels as $callbacks) {
        foreach ($callbacks as list($callback, $arguments)) {
            $value = $callback(...array_slice(array_merge([$value], $more), 0, $arguments));
        }
    }
    return $value;
}

function remove_filter($hook, $callback, $priority = 10)
{
    global $stub_hooks;
    $kept = array_filter($stub_hooks[$hook][$priority] ?? [], function ($one) use ($callback) {
        return $one[0] !== $callback;
    });
    $stub_hooks[$hook][$priority] = $kept;
}

function do_action($hook, ...$arguments)
{
    global $stub_hooks;
    $levels = $stub_hooks[$hook] ?? [];
    ksort($levels);
    foreach ($levels as $callbacks) {
        foreach ($callbacks as list($callback, $taken)) {
            $callback(...array_slice($arguments, 0, $taken));
        }
    }
}

function register_activation_hook($file, $callback)
{
    add_action('activate', $callback, 10, 0);
}

function register_deactivation_hook($file, $callback)
{
    add_action('deactivate', $callback, 10, 0);
}

function get_option($name)
{
    global $wpdb;
    $rows = $wpdb->get_results($wpdb->prepare('SELECT value FROM wp_options WHERE name = %s', [$name]), ARRAY_A);
    return $rows === [] ? false : unserialize($rows[0]['value']);
}

function update_option($name, $value, $autoload = null)
{
    global $wpdb;
    $sql = 'INSERT OR REPLACE INTO wp_options (name, value) VALUES (%s, %s)';
    $wpdb->query($wpdb->prepare($sql, [$name, serialize($value)]));
}

function add_option($name, $value, $deprecated = '', $autoload = 'yes')
{
    if (get_option($name) === false) {
        update_option($name, $value);
    }
}

function delete_option($name)
{
    global $wpdb;
    $wpdb->query($wpdb->prepare('DELETE FROM wp_options WHERE name = %s', [$name]));
}

function wp_next_scheduled($hook)
{
    return get_option('cron_' . $hook);
}

function wp_schedule_event($at, $recurrence, $hook)
{
    update_option('cron_' . $hook, $at);
}

function wp_schedule_single_event($at, $hook)
{
    update_option('cron_' . $hook, $at);
}

function wp_clear_scheduled_hook($hook)
{
    delete_option('cron_' . $hook);
}

function spawn_cron()
{
    update_option('stub_cron_woken', (int) get_option('stub_cron_woken') + 1);
}

function get_userdata($id)
{
    $users = get_option('stub_users') ?: [];
    return isset($users[$id]) ? (object) ($users[$id] + ['ID' => $id]) : false;
}

function get_user_by($field, $value)
{
    foreach (get_option('stub_users') ?: [] as $id => $user) {
        if ($field === 'email' && $user['user_email'] === $value) {
            return get_userdata($id);
        }
    }
    return false;
}

/** Where WooCommerce's API finds it, too. */
function update_user_meta($id, $key, $value)
{
    delete_user_meta($id, $key);
    $customer = stub_stored('customers')[$id];
    $customer['meta_data'][] = ['id' => count($customer['meta_data']) + 500, 'key' => $key, 'value' => stripslashes($value)];
    stub_store('customers', $id, $customer);
}

function get_user_meta($id, $key, $single = false)
{
    foreach (stub_stored('customers')[$id]['meta_data'] ?? [] as $meta) {
        if ($meta['key'] === $key) {
            return $meta['value'];
        }
    }
    return '';
}

function delete_user_meta($id, $key)
{
    $customer = stub_stored('customers')[$id] ?? ['meta_data' => []];
    $kept = array_values(array_filter($customer['meta_data'], function ($meta) use ($key) {
        return $meta['key'] !== $key;
    }));
    if (count($kept) === count($customer['meta_data'])) {
        return false;
    }
    stub_store('customers', $id, ['meta_data' => $kept] + $customer);
    return true;
}

function wp_slash($value)
{
    return addslashes($value);
}

function wp_set_current_user($id)
{
    $GLOBALS['stub_user'] = $id;
}

function get_current_user_id()
{
    return $GLOBALS['stub_user'];
}

function current_user_can($right)
{
    $user = get_userdata($GLOBALS['stub_user']);
    return $user && in_array('administrator', $user->roles, true);
}

function wp_remote_request($url, array $request)
{
    $lines = [];
    foreach ($request['headers'] as $name => $value) {
        $lines[] = "$name: $value";
    }
    $headers = [];
    $call = curl_init($url);
    curl_setopt_array($call, [
        CURLOPT_CUSTOMREQUEST => $request['method'] ?? 'POST',
        CURLOPT_POSTFIELDS => $request['body'],
        CURLOPT_HTTPHEADER => array_merge($lines, ['Expect:']),
        CURLOPT_USERAGENT => $request['user-agent'] ?? 'WordPress',
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => $request['timeout'],
        CURLOPT_HEADERFUNCTION => function ($call, $line) use (&$headers) {
            $parts = explode(':', $line, 2);
            $headers[strtolower($parts[0])] = trim($parts[1] ?? '');
            return strlen($line);
        },
    ]);
    $body = curl_exec($call);
    $status = curl_getinfo($call, CURLINFO_HTTP_CODE);
    return $body === false ? new WP_Error('http', 'none') : ['status' => $status, 'headers' => $headers, 'body' => $body];
}

function wp_remote_post($url, array $request)
{
    return wp_remote_request($url, ['method' => 'POST'] + $request);
}

function wp_remote_retrieve_response_code($response)
{
    return $response['status'];
}

function wp_remote_retrieve_header($response, $name)
{
    return $response['headers'][$name] ?? '';
}

class WP_Error
{
    public $code;

    public function __construct($code, $message)
    {
        $this->code = $code;
    }
}

function is_wp_error($value)
{
    return $value instanceof WP_Error;
}

class WP_REST_Request
{
    public $route;

    public function __construct($method, $route)
    {
        $this->route = $route;
    }
}

class Stub_Answer
{
    private $status;
    public $said;

    public function __construct(array $answer)
    {
        list($this->status, $this->said) = $answer;
    }

    public function get_status()
    {
        return $this->status;
    }

    public function is_error()
    {
        return $this->status >= 400;
    }
}

function rest_do_request(WP_REST_Request $request)
{
    return new Stub_Answer(stub_rest($request->route));
}

function rest_get_server()
{
    return new class {
        public function response_to_data($answer, $embed)
        {
            return $answer->said;
        }
    };
}

function get_current_blog_id()
{
    return 1;
}

function wp_timezone_string()
{
    return 'Europe/Paris';
}

function is_multisite()
{
    return false;
}

function home_url($path)
{
    return 'https://boutique.example' . $path;
}

function get_bloginfo($name)
{
    return $name === 'name' ? 'Chez <Léa>' : '6.5.5';
}

function determine_locale()
{
    return getenv('STUB_LOCALE') ?: 'fr_FR';
}

function is_admin()
{
    return false;
}

function wp_doing_ajax()
{
    return false;
}

function wp_doing_cron()
{
    return false;
}

function wp_json_encode($value)
{
    return json_encode($value);
}

function wp_unslash($value)
{
    return $value;
}

function sanitize_key($text)
{
    return preg_replace('/[^a-z0-9_-]/', '', strtolower($text));
}

function esc_html($text)
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_attr($text)
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function plugin_basename($file)
{
    return 'spread-tracker/spread-tracker.php';
}
