<?php

use SpreadTracker\PrestaShop\HandOver;
use SpreadTracker\PrestaShop\Pages;

/**
 * Asked for by the page after a sign-in, so that no sign-in waits for the collector.
 */
class SpreadtrackerHandoverModuleFrontController extends ModuleFrontController
{
    public function postProcess()
    {
        header('Cache-Control: no-store');
        if (Pages::mayHandOver($this->context)) {
            $token = HandOver::ask($this->context);
            if ($token !== '') {
                HandOver::keep($token);
                unset($this->context->cookie->{Pages::HANDOVER_DUE});
                $this->context->cookie->write();
            }
        }
        http_response_code(204);
        exit;
    }
}
