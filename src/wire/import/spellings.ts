/** A catalogue of words: how files head their columns, in French and English, as SPREAD labels them and as shops' exports spell them. */

/** `column = spelling | spelling …`, in any case and with or without accents. */
export const spellings = `
email = email | e-mail | mail | email address | e-mail address | adresse email | adresse e-mail | adresse mail |
  courriel | customer email | email client | email (billing) | billing email | customer_email | billing_email |
  contact email | user email | adresse électronique
externalId = external id | ext id | id externe | externalid | customer id | id client | client id | customerid |
  identifiant client | klaviyo id | contact id | customer user id | numéro client |
  n° client | user id
fullName = full name | nom complet | customer name | customer | client | nom du client | billing name |
  bill-to name | nom et prénom | prénom et nom | display name
name = last name | lastname | nom | nom de famille | surname | family name | customer_name | customer last name | customer lastname | last name (billing) |
  billing last name | billing_last_name | last_name
firstname = first name | firstname | prénom | given name | customer_firstname | first name (billing) |
  billing first name | billing_first_name | first_name | customer first name | customer firstname
birthday = birthday | anniversaire | date de naissance | date of birth | dob | birth date | birthdate | né le |
  naissance
gender = gender | genre | civilité | sexe | titre | social title | title | titre de civilité | sex | titre civilité
address = address | adresse | address 1 | address1 | adresse 1 | street | rue | billing address1 |
  default address address1 | address 1&2 (billing) | billing_address_1 | street address | adresse postale |
  billing address 1 | billing address | location address1 | billing street
address2 = address 2 | address2 | adresse 2 | complément | complément d'adresse | billing address2 |
  default address address2 | billing_address_2 | adresse (2) | billing address 2 | location address2
address3 = address 3 | address3 | adresse 3
zip = zip | zip code | postcode | postal code | code postal | cp | zip/postal code | billing zip |
  default address zip | postcode (billing) | billing_postcode | zip/post code | code postal/zip | location zip
city = city | ville | town | billing city | default address city | city (billing) | billing_city | localité | commune | location city
country = country | pays | country code | code pays | billing country | default address country code |
  country / region | country code (billing) | billing_country | country/region | country name (billing) | location country
phone = phone | téléphone | telephone | tel | tél | phone number | numéro de téléphone | billing phone |
  default address phone | phone (billing) | billing_phone | téléphone fixe | landline_number | landline number | fixe | billing telephone
mobile = mobile | portable | téléphone portable | mobile phone | sms | téléphone mobile | cell phone | gsm |
  numéro de mobile
job = job | fonction | job title | profession | poste | job_title | position
company = company | société | entreprise | organization | organisation | company name | default address company |
  billing company | company (billing) | billing_company | raison sociale
lang = language | langue | lang | locale | customer language | iso lang
group = group | groupe | customer group | groupe client | customer group code | groupe par défaut | default group | group id
tags = tags | étiquettes | tag | étiquette | mots-clés | customer tags
saidAt = updated at | modified at | date de modification | mis à jour le | last changed | updated_at | modified time
key = order | order id | id order | id commande | order reference | référence | reference | order number | numéro de commande |
  n° commande | order # | order_id | commande | référence commande | order key | increment id | increment_id |
  order ref | n° de commande | order no | order no. | order_number | référence de commande
number = display number | numéro affiché
placedAt = date | order date | date de commande | date commande | created at | créée le | créé le | purchase date |
  placed at | date de la commande | order_date | created_at | date added | date_created | date order | date d’achat | date d'achat
total = total | amount | montant | order total | order amount | total ttc | montant ttc | grand total | order total amount |
  grand total (purchased) | total commande | total payé | total paid | montant total | order_total | grand_total |
  total (ttc) | total_paid | total_paid_tax_incl
currency = currency | devise | monnaie | order currency | currency code | code devise | order_currency |
  order_currency_code
state = status | state | statut | état | order status | order state | statut de la commande | état de la commande |
  financial status | order_status | statut commande | état commande | payment status | current_state
stateAt = status date | date du statut | date de statut | updated at | modified at | date de modification |
  updated_at | date de l'état
refunded = refunded | refunded amount | remboursé | montant remboursé | order refund amount | total refunded |
  refund amount
invoiceNumber = invoice | invoice number | facture | numéro de facture | n° facture | facturation
serviceStart = service start | service from | début de la prestation | début de service | début du service | date de début | arrival | arrivée
serviceEnd = service end | service until | fin de la prestation | fin de service | fin du service | date de fin | departure | départ
orderTags = order tags | tags commande | étiquettes de commande
sku = sku | lineitem sku | product sku | référence produit | item sku | product reference | code article |
  référence article
itemName = lineitem name | item name | product name | product | produit | nom du produit | article | désignation |
  product title | libellé
quantity = quantity | quantité | qté | qty | lineitem quantity | quantity (- refund) | item quantity |
  product quantity
unitPrice = unit price | prix unitaire | lineitem price | item cost | price | prix | item price | prix unitaire ttc |
  pu ttc
`;
