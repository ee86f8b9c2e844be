<?php

namespace SpreadTracker\Shared;

/**
 * Something that happened in the shop and is to be told.
 */
final class Event
{
    /** @var int */
    public $shop;

    /** @var string `order.upsert`, `refund.upsert`, `customer.upsert`, `cart.upsert`, `newsletter.upsert` … */
    public $topic;

    /** @var string names the object (`order:6`): what waits untried and names it again is one row; empty: never */
    public $ref;

    /** @var string whose data it is; kept as a hash, so that it can be found and erased; empty: not known */
    public $email = '';

    /** @var string the visitor's; empty: none */
    public $token = '';

    /** @var array|null as the hook gave it; null: read when it is sent */
    public $object = null;

    /** @var int seconds before it is sent, so that one click is one delivery */
    public $delay = 0;

    public function __construct(int $shop, string $topic, string $ref)
    {
        $this->shop = $shop;
        $this->topic = $topic;
        $this->ref = $ref;
    }
}
