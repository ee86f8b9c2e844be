<?php

namespace SpreadTracker\Shared;

/**
 * What an answer of the collector means for a delivery, and when to try again.
 */
final class Answer
{
    public const DONE = 'done';
    public const LATER = 'later';
    /** The address or the secret is wrong: everything waits for the merchant. */
    public const REFUSED = 'refused';
    public const DROPPED = 'dropped';

    private const FIRST_WAIT = 60;
    private const LONGEST_WAIT = 3600;

    /**
     * @param int $status HTTP status; 0: no answer
     */
    public static function outcome(int $status): string
    {
        if ($status >= 200 && $status < 300) {
            return self::DONE;
        }
        if ($status === 0 || $status === 408 || $status === 429 || $status >= 500) {
            return self::LATER;
        }
        if ($status < 400 || in_array($status, [401, 403, 404], true)) {
            return self::REFUSED;
        }
        return self::DROPPED;
    }

    /**
     * Seconds until the next attempt: doubling, or what the collector asks for if that is longer.
     *
     * @param int $attempts so far, this one included
     * @param string $retryAfter the header as it came: seconds or a date, or nothing
     */
    public static function wait(int $attempts, string $retryAfter, int $now): int
    {
        $own = min(self::LONGEST_WAIT, self::FIRST_WAIT * (2 ** min(20, max(0, $attempts - 1))));
        $asked = 0;
        if (preg_match('/^\s*(\d{1,7})\s*$/', $retryAfter, $found) === 1) {
            $asked = (int) $found[1];
        } elseif ($retryAfter !== '' && strtotime($retryAfter) !== false) {
            $asked = strtotime($retryAfter) - $now;
        }
        // Shops that were refused together do not come back together.
        return max($own, min(86400, $asked)) + random_int(0, 10);
    }
}
