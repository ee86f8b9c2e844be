<?php

namespace SpreadTracker\Shared;

/**
 * What a sender needs of the shop software it runs in.
 */
interface Platform
{
    public function now(): int;

    /**
     * @return Connection|null null: not connected, or switched off
     */
    public function connection(int $shop): ?Connection;

    /**
     * Reads the object a row names.
     *
     * @return array|null null: it is gone, or the merchant does not want it sent
     */
    public function build(array $row): ?array;

    /**
     * @param string[] $headers name => value
     * @return array{0: int, 1: string} HTTP status (0: no answer) and Retry-After as it came
     */
    public function post(string $url, array $headers, string $body): array;

    /**
     * Remembers how the last attempt ended, for the settings page.
     */
    public function note(string $outcome, int $status): void;
}
