<?php

namespace SpreadTracker\Shared;

/**
 * Lets pass what a list names, and nothing else: platforms leak password hashes and keys.
 */
final class Fields
{
    /**
     * A list names fields by value (`'email'`), objects below by key (`'billing' => [...]`), and lists of objects by a `*` below
     * (`'line_items' => ['*' => [...]]`).
     *
     * @param mixed $value an array, or nothing
     */
    public static function keep($value, array $list): array
    {
        $kept = [];
        if (!is_array($value)) {
            return $kept;
        }
        foreach ($list as $name => $below) {
            $field = is_int($name) ? $below : $name;
            if (!array_key_exists($field, $value)) {
                continue;
            }
            if (is_int($name)) {
                if ($value[$field] === null || is_scalar($value[$field])) {
                    $kept[$field] = $value[$field];
                }
            } elseif (isset($below['*'])) {
                $kept[$field] = [];
                foreach (is_array($value[$field]) ? $value[$field] : [] as $one) {
                    $kept[$field][] = self::keep($one, $below['*']);
                }
            } else {
                $kept[$field] = (object) self::keep($value[$field], $below);
            }
        }
        return $kept;
    }
}
