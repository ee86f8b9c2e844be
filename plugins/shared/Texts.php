<?php

namespace SpreadTracker\Shared;

/**
 * The words people read, in French or English.
 */
final class Texts
{
    /** @var string[] */
    private $words;

    /**
     * @param string $folder holds `fr.php` and `en.php`
     * @param string $language `fr`, `fr_FR`, `en-GB`, …
     */
    public function __construct(string $folder, string $language)
    {
        $this->words = require $folder . (strpos(strtolower($language), 'fr') === 0 ? '/fr.php' : '/en.php');
    }

    /**
     * @param string[] $values stand as `{name}` in the text
     */
    public function say(string $key, array $values = []): string
    {
        $text = isset($this->words[$key]) ? $this->words[$key] : $key;
        foreach ($values as $name => $value) {
            $text = str_replace('{' . $name . '}', $value, $text);
        }
        return $text;
    }
}
