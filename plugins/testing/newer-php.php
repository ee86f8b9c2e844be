<?php

/**
 * Tells what of the files on its input (a JSON list of {path, text}) PHP 7.2 would not understand: a walk over PHP 8.2's tokens. It knows
 * syntax, functions and constants that came later; it does not run 7.2.
 */

const NEWER_TOKENS = [
    T_FN => 'arrow function (7.4)',
    T_COALESCE_EQUAL => '??= (7.4)',
    T_MATCH => 'match (8.0)',
    T_ATTRIBUTE => 'attribute (8.0)',
    T_NULLSAFE_OBJECT_OPERATOR => '?-> (8.0)',
    T_ENUM => 'enum (8.1)',
    T_READONLY => 'readonly (8.1)',
];
const NEWER_FUNCTIONS = [
    'array_key_first', 'array_key_last', 'hrtime', 'is_countable', 'gc_status', 'net_get_interfaces', 'fpm_get_status',
    'mb_str_split', 'password_algos', 'get_mangled_object_vars', 'openssl_x509_verify', 'str_contains', 'str_starts_with',
    'str_ends_with', 'get_debug_type', 'get_resource_id', 'fdiv', 'preg_last_error_msg', 'array_is_list', 'fsync', 'fdatasync',
    'enum_exists', 'ini_parse_quantity', 'memory_reset_peak_usage', 'openssl_cipher_key_length', 'curl_upkeep',
];
const NEWER_CONSTANTS = ['JSON_THROW_ON_ERROR', 'PASSWORD_ARGON2ID', 'FILTER_VALIDATE_BOOL', 'CURL_HTTP_VERSION_3'];
const NEWER_CLASSES = ['WeakMap', 'WeakReference', 'Stringable', 'JsonException', 'ValueError', 'Fiber', 'UnhandledMatchError'];

function newerIn($text)
{
    $tokens = [];
    foreach (PhpToken::tokenize($text) as $token) {
        if (!$token->isIgnorable() || $token->is(T_OPEN_TAG)) {
            $tokens[] = $token;
        }
    }
    $found = [];
    $opened = [];
    $signature = null;
    foreach ($tokens as $at => $token) {
        $before = $tokens[$at - 1] ?? new PhpToken(T_OPEN_TAG, '');
        $after = $tokens[$at + 1] ?? new PhpToken(T_OPEN_TAG, '');
        $next = $tokens[$at + 2] ?? new PhpToken(T_OPEN_TAG, '');
        $tell = function ($what) use (&$found, $token) {
            $found[] = "line {$token->line}: $what";
        };
        if (isset(NEWER_TOKENS[$token->id])) {
            $tell(NEWER_TOKENS[$token->id]);
        }
        if ($token->is(T_FUNCTION)) {
            $signature = 0;
        }
        if ($signature !== null) {
            $signature += $token->is('(') ? 1 : ($token->is(')') ? -1 : 0);
            if ($token->is('|') || $token->is(T_AMPERSAND_NOT_FOLLOWED_BY_VAR_OR_VARARG)) {
                $tell('union or intersection type (8.0)');
            }
            if ($token->is(T_STATIC) && $before->is(':')) {
                $tell('static as a type (8.0)');
            }
            if ($token->is(T_STRING) && in_array(strtolower($token->text), ['mixed', 'never'], true) && !$before->is(T_FUNCTION)) {
                $tell('mixed or never (8.0)');
            }
            if ($token->is(T_NEW)) {
                $tell('new in an initialiser (8.1)');
            }
            if ($signature > 0 && $token->is([T_PUBLIC, T_PROTECTED, T_PRIVATE])) {
                $tell('promoted parameter (8.0)');
            }
            if ($token->is('{') || $token->is(';')) {
                $signature = null;
            }
        }
        if ($token->is([T_PUBLIC, T_PROTECTED, T_PRIVATE, T_VAR]) && $signature === null) {
            $named = $after->is(T_STATIC) ? $next : $after;
            if (!$named->is([T_VARIABLE, T_FUNCTION, T_CONST, T_ABSTRACT, T_FINAL, T_STATIC])) {
                $tell('typed property (7.4)');
            }
        }
        if ($token->is(T_CONST) && $next->is(T_STRING)) {
            $tell('typed constant (8.3)');
        }
        if ($token->is(T_FINAL) && ($after->is(T_CONST) || $next->is(T_CONST))) {
            $tell('final constant (8.1)');
        }
        if ($token->is([T_LNUMBER, T_DNUMBER]) && preg_match('/_|^0o/i', $token->text) === 1) {
            $tell('number with _ or 0o (7.4)');
        }
        if ($token->is(T_END_HEREDOC) && preg_match('/^\s/', $token->text) === 1) {
            $tell('indented heredoc (7.3)');
        }
        if ($token->is('(') || $token->is('[') || $token->is(T_CURLY_OPEN) || $token->is('{')) {
            $opened[] = [$token->text, $before];
        }
        $inside = end($opened) ?: ['', $before];
        if ($token->is(')') && $before->is(',') && !$inside[1]->is([T_ARRAY, T_LIST])) {
            $tell('comma after the last argument (7.3)');
        }
        if ($token->is(T_ELLIPSIS) && ($inside[0] === '[' || $after->is(')'))) {
            $tell($after->is(')') ? 'f(...) (8.1)' : 'spread in an array (7.4)');
        }
        if ($token->is(T_STRING) && $after->is(':') && $inside[0] === '(' && ($before->is('(') || $before->is(','))) {
            $tell('named argument (8.0)');
        }
        if ($token->is(T_THROW) && !in_array($before->text, [';', '{', '}', ')', ':', 'else'], true) && !$before->is(T_OPEN_TAG)) {
            $tell('throw as an expression (8.0)');
        }
        if ($token->is(T_CATCH)) {
            $named = array_slice($tokens, $at + 1, 12);
            $end = array_search(')', array_column($named, 'text'), true);
            $caught = array_filter(array_slice($named, 0, (int) $end), function ($one) {
                return $one->is(T_VARIABLE);
            });
            if ($caught === []) {
                $tell('catch without a variable (8.0)');
            }
        }
        if ($token->is(T_VARIABLE) && $after->is(T_DOUBLE_COLON) && $next->is(T_CLASS)) {
            $tell('::class of an object (8.0)');
        }
        if ($token->is(T_INSTANCEOF) && $after->is('(')) {
            $tell('instanceof of an expression (8.0)');
        }
        $plain = ltrim($token->text, '\\');
        if ($token->is([T_STRING, T_NAME_FULLY_QUALIFIED]) && !$before->is([T_OBJECT_OPERATOR, T_DOUBLE_COLON, T_FUNCTION])) {
            $called = $after->is('(') && !$before->is(T_NEW);
            if ($called && in_array(strtolower($plain), NEWER_FUNCTIONS, true)) {
                $tell($plain . '()');
            } elseif (in_array($plain, NEWER_CONSTANTS, true) || in_array($plain, NEWER_CLASSES, true)) {
                $tell($plain);
            }
        }
        if ($token->is(')') || $token->is(']') || $token->is('}')) {
            array_pop($opened);
        }
    }
    return $found;
}

$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $file) {
    foreach (newerIn($file['text']) as $what) {
        $answers[] = "{$file['path']} $what";
    }
}
echo json_encode($answers);
