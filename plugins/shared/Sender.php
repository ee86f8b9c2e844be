<?php

namespace SpreadTracker\Shared;

/**
 * Empties the queue, away from any shopper.
 */
final class Sender
{
    private const AT_ONCE = 20;
    /** One that fails may be at fault itself; two in a row mean that the collector is. */
    private const FAILURES = 2;
    public const NOT_READ = -1;

    /** @var Queue */
    private $queue;

    /** @var Platform */
    private $platform;

    public function __construct(Queue $queue, Platform $platform)
    {
        $this->queue = $queue;
        $this->platform = $platform;
    }

    /**
     * Sends what is due until nothing is, the time is up, or the collector does not take it.
     *
     * @param int $seconds to spend
     */
    public function run(int $seconds): void
    {
        $end = $this->platform->now() + $seconds;
        $this->queue->clean($this->platform->now());
        while ($this->platform->now() < $end) {
            $rows = $this->queue->claim(self::AT_ONCE, $this->platform->now());
            if ($rows === []) {
                return;
            }
            $failures = 0;
            while ($rows !== [] && $failures < self::FAILURES && $this->platform->now() < $end) {
                $failures = $this->deliver(array_shift($rows)) ? 0 : $failures + 1;
            }
            $this->queue->release($rows);
            if ($rows !== [] || $failures >= self::FAILURES) {
                return;
            }
        }
    }

    /**
     * @return bool whether the collector answered it for good
     */
    private function deliver(array $row): bool
    {
        $id = (int) $row['id'];
        $connection = $this->platform->connection((int) $row['shop']);
        if ($connection === null) {
            $this->queue->postpone($id, $this->platform->now() + Answer::wait(4, '', 0), 0);
            return true;
        }
        $body = $row['body'];
        if ($body === null || $body === '') {
            try {
                $body = $this->bodyOf($row, $connection);
            } catch (\Throwable $fault) {
                $this->unread($row);
                return true;
            }
            if ($body === null) {
                $this->queue->remove($id);
                return true;
            }
            $this->queue->freeze($id, $body, $this->platform->now());
        }
        return $this->send($row, $connection, $body);
    }

    private function send(array $row, Connection $connection, string $body): bool
    {
        $id = (int) $row['id'];
        $headers = Envelope::headers(
            $row['topic'],
            $row['delivery'],
            $connection->secret,
            $body,
            $this->platform->now()
        );
        list($status, $retryAfter) = $this->platform->post($connection->url, $headers, $body);
        $outcome = Answer::outcome($status);
        $this->platform->note($outcome, $status);
        if ($outcome === Answer::DONE || $outcome === Answer::DROPPED) {
            $this->queue->remove($id);
            return true;
        }
        $now = $this->platform->now();
        $until = $now + Answer::wait((int) $row['attempts'] + 1, $retryAfter, $now);
        $this->queue->postpone($id, $until, $status);
        if ($retryAfter !== '') {
            $this->queue->pause((int) $row['shop'], $now + Answer::wait(1, $retryAfter, $now));
        }
        return false;
    }

    private function bodyOf(array $row, Connection $connection): ?string
    {
        $object = $row['object'] === null ? $this->platform->build($row) : json_decode($row['object'], true);
        if (!is_array($object)) {
            return null;
        }
        $token = $row['token'] === '' ? null : $row['token'];
        return Envelope::body($connection->shop, (int) $row['occurred_at'], $token, $object);
    }

    /**
     * The shop software failed to read its own object: that is no fault of the collector, and not for ever.
     */
    private function unread(array $row): void
    {
        $this->platform->note(Answer::LATER, self::NOT_READ);
        $now = $this->platform->now();
        $until = $now + Answer::wait((int) $row['attempts'] + 1, '', $now);
        $this->queue->postpone((int) $row['id'], $until, self::NOT_READ);
    }
}
