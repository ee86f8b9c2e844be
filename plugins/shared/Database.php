<?php

namespace SpreadTracker\Shared;

/**
 * The shop's own database. Values stand as `?` in a statement, in their order: integers, texts, or null.
 */
interface Database
{
    /**
     * @return int how many rows changed
     */
    public function run(string $sql, array $values = []): int;

    /**
     * @return array[] rows by column name
     */
    public function rows(string $sql, array $values = []): array;
}
