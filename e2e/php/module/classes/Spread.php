<?php
// The addresses and calls of a PrestaShop module as its documentation gives them, with SPREAD's hosts where such modules write them.
class Spread
{
    const API = 'https://social-sb.com/api/';
    const TOKEN = 'http://social-sb.com/api/GetToken';
    const BACK_OFFICE = 'http://social-sb.com/boi?token=';

    public static function call(string $method, array $params, string $public, string $private): array
    {
        $curl = curl_init(self::API . $method);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => http_build_query($params),
            CURLOPT_USERPWD => "$public:$private",
            CURLOPT_HTTPAUTH => CURLAUTH_ANY,
            CURLOPT_FOLLOWLOCATION => true,
            CURLOPT_RETURNTRANSFER => true,
        ]);
        return json_decode((string) curl_exec($curl), true) ?? [];
    }
}

// php Spread.php <public key> <private key>: what the module does when a client's account is made.
$customer = ['customer_email' => 'dominique@client.example', 'customer_gender' => 'M', 'customer_birthday' => '0000-00-00', 'customer_isoptin' => 0];
echo json_encode(Spread::call('CreateAccount', ['data' => $customer], $argv[1], $argv[2]));
