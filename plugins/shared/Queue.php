<?php

namespace SpreadTracker\Shared;

/**
 * What waits to be sent, in a table of the shop's database. A delivery never changes once it was tried: what happens after its
 * first attempt is a row of its own.
 */
final class Queue
{
    /** Begins the `ref` of a row about many people. */
    public const MANY = 'many:';
    private const KEPT_SECONDS = 2592000;
    private const KEPT_ROWS = 20000;
    private const CLAIM_SECONDS = 120;

    /** @var Database */
    private $database;

    /** @var string */
    private $table;

    public function __construct(Database $database, string $table)
    {
        $this->database = $database;
        $this->table = $table;
    }

    public function create(): void
    {
        $this->database->run(
            "CREATE TABLE IF NOT EXISTS {$this->table} (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
                shop INT UNSIGNED NOT NULL,
                delivery CHAR(36) NOT NULL,
                topic VARCHAR(32) NOT NULL,
                ref VARCHAR(80) NOT NULL,
                subject VARCHAR(64) NOT NULL,
                token VARCHAR(512) NOT NULL,
                object MEDIUMTEXT NULL,
                body MEDIUMTEXT NULL,
                occurred_at INT UNSIGNED NOT NULL,
                attempts INT UNSIGNED NOT NULL DEFAULT 0,
                next_at INT UNSIGNED NOT NULL,
                claimed_by VARCHAR(36) NOT NULL DEFAULT '',
                claimed_until INT UNSIGNED NOT NULL DEFAULT 0,
                last_status INT NOT NULL DEFAULT 0,
                PRIMARY KEY (id),
                KEY due (next_at),
                KEY same_object (ref, topic),
                KEY subject (subject)
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        );
    }

    public function drop(): void
    {
        $this->database->run("DROP TABLE IF EXISTS {$this->table}");
    }

    public function put(Event $event, int $now): void
    {
        $object = $event->object === null ? null : (string) json_encode($event->object, JSON_INVALID_UTF8_SUBSTITUTE);
        $delivery = Envelope::uuid();
        $same = $event->ref === '' ? 0 : $this->database->run(
            "UPDATE {$this->table} SET occurred_at = ?, object = ?, delivery = ?, subject = ?,
                token = CASE WHEN ? = '' THEN token ELSE ? END
            WHERE ref = ? AND topic = ? AND shop = ? AND attempts = 0 AND body IS NULL AND claimed_until < ?",
            [
                $now, $object, $delivery, self::subjectOf($event->email), $event->token, $event->token,
                $event->ref, $event->topic, $event->shop, $now,
            ]
        );
        if ($same > 0) {
            return;
        }
        $this->database->run(
            "INSERT INTO {$this->table} (shop, delivery, topic, ref, subject, token, object, occurred_at, next_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                $event->shop, $delivery, $event->topic, $event->ref, self::subjectOf($event->email), $event->token,
                $object, $now, $now + $event->delay,
            ]
        );
    }

    /**
     * Rows that are due, the oldest first, for this caller alone until a while has passed.
     *
     * @return array[]
     */
    public function claim(int $limit, int $now): array
    {
        $found = $this->database->rows(
            "SELECT id FROM {$this->table} WHERE next_at <= ? AND claimed_until < ? ORDER BY id LIMIT ?",
            [$now, $now, $limit]
        );
        if ($found === []) {
            return [];
        }
        $ids = array_map('intval', array_column($found, 'id'));
        $claim = Envelope::uuid();
        $marks = implode(', ', array_fill(0, count($ids), '?'));
        $this->database->run(
            "UPDATE {$this->table} SET claimed_by = ?, claimed_until = ? WHERE id IN ($marks) AND claimed_until < ?",
            array_merge([$claim, $now + self::CLAIM_SECONDS], $ids, [$now])
        );
        return $this->database->rows("SELECT * FROM {$this->table} WHERE claimed_by = ? ORDER BY id", [$claim]);
    }

    public function freeze(int $id, string $body, int $now): void
    {
        $this->database->run(
            "UPDATE {$this->table} SET body = ?, claimed_until = ? WHERE id = ?",
            [$body, $now + self::CLAIM_SECONDS, $id]
        );
    }

    public function remove(int $id): void
    {
        $this->database->run("DELETE FROM {$this->table} WHERE id = ?", [$id]);
    }

    public function postpone(int $id, int $nextAt, int $status): void
    {
        $this->database->run(
            "UPDATE {$this->table} SET attempts = attempts + 1, next_at = ?, last_status = ?, claimed_by = '',
                claimed_until = 0
            WHERE id = ?",
            [$nextAt, $status, $id]
        );
    }

    /**
     * Nothing of the shop is sent before: the collector asked for it.
     */
    public function pause(int $shop, int $until): void
    {
        $this->database->run(
            "UPDATE {$this->table} SET next_at = ? WHERE shop = ? AND next_at < ?",
            [$until, $shop, $until]
        );
    }

    /**
     * @param array[] $rows claimed and not tried
     */
    public function release(array $rows): void
    {
        foreach ($rows as $row) {
            $this->database->run(
                "UPDATE {$this->table} SET claimed_by = '', claimed_until = 0 WHERE id = ?",
                [(int) $row['id']]
            );
        }
    }

    /**
     * Everything that waits is tried at the next run: the merchant mended the address or the secret.
     */
    public function wake(int $now): void
    {
        $this->database->run("UPDATE {$this->table} SET next_at = ? WHERE next_at > ?", [$now, $now]);
    }

    public function hasDue(int $now): bool
    {
        $sql = "SELECT id FROM {$this->table} WHERE next_at <= ? AND claimed_until < ? LIMIT 1";
        return $this->database->rows($sql, [$now, $now]) !== [];
    }

    /**
     * @return array{waiting: int, oldest: int} how many, and since when the oldest waits (0: none does)
     */
    public function look(): array
    {
        $found = $this->database->rows(
            "SELECT COUNT(*) AS waiting, COALESCE(MIN(occurred_at), 0) AS oldest FROM {$this->table}"
        );
        return ['waiting' => (int) $found[0]['waiting'], 'oldest' => (int) $found[0]['oldest']];
    }

    /**
     * @return array[] what waits about the holder of this address: topic, occurred_at, object, body
     */
    public function about(string $email): array
    {
        return $this->database->rows(
            "SELECT id, topic, occurred_at, object, body FROM {$this->table} WHERE subject = ? ORDER BY id LIMIT 500",
            [self::subjectOf($email)]
        );
    }

    public function forget(string $email): int
    {
        // Who they are is read again from the shop, which forgets this one itself: another delivery then.
        foreach ($this->database->rows("SELECT id FROM {$this->table} WHERE ref LIKE ?", [self::MANY . '%']) as $row) {
            $this->database->run(
                "UPDATE {$this->table} SET body = NULL, delivery = ? WHERE id = ?",
                [Envelope::uuid(), (int) $row['id']]
            );
        }
        return $this->database->run(
            "DELETE FROM {$this->table} WHERE subject = ? AND subject <> ''",
            [self::subjectOf($email)]
        );
    }

    /**
     * @return int how many rows were given up
     */
    public function clean(int $now): int
    {
        $gone = $this->database->run(
            "DELETE FROM {$this->table} WHERE occurred_at < ?",
            [$now - self::KEPT_SECONDS]
        );
        $over = $this->look()['waiting'] - self::KEPT_ROWS;
        if ($over > 0) {
            $oldest = $this->database->rows(
                "SELECT id FROM {$this->table} ORDER BY CASE WHEN topic = 'cart.upsert' THEN 0 ELSE 1 END, id LIMIT ?",
                [$over]
            );
            foreach ($oldest as $row) {
                $this->remove((int) $row['id']);
            }
            $gone += $over;
        }
        return $gone;
    }

    private static function subjectOf(string $email): string
    {
        $plain = strtolower(trim($email));
        return $plain === '' ? '' : hash('sha256', $plain);
    }
}
