/** The variables of pages written before `spconfig` and `sporder` (legacy wire §1.2, §1.4). */
import { global } from './page.ts';

export type Values = Record<string, unknown>;

const orderNames: readonly (readonly [string, readonly string[]])[] = [
  ['email', ['spreadOrderEmail', 'orderemail']],
  ['amount', ['spreadOrderAmount', 'orderamount']],
  ['name', ['spreadOrderName', 'ordername']],
  ['firstname', ['spreadOrderFirstname', 'orderfirstname']],
  ['idorder', ['spreadIdOrder', 'idorder']],
  ['optin', ['spreadOrderOptin', 'orderoptin']],
  ['state', ['spreadOrderState', 'orderstate']],
  ['ordernum', ['sbOrderNum']],
  ['country', ['spreadOrderCountry', 'country']],
  ['birthday', ['spreadOrderBirthday', 'birthday']],
  ['gender', ['spreadOrderGender', 'gender']],
  ['address', ['spreadOrderAddress', 'address']],
  ['cp', ['spreadOrderCp', 'cp']],
  ['city', ['spreadOrderCity', 'city']],
  ['tel', ['spreadOrderTel', 'tel']],
  ['tel_optin', ['tel_optin']],
  ['mobile', ['spreadOrderMobile', 'mobile']],
  ['mobile_optin', ['mobile_optin']],
  ['fonction', ['spreadOrderFonction', 'fonction']],
  ['company', ['spreadOrderCompany', 'company']],
  ['new_customer', ['spreadOrderNewCustomer', 'new_customer']],
];

export function legacyConfig(): Values {
  const config: Values = {};
  put(config, 'public_key', ['siteid', 'publicKeySb']);
  put(config, 'env', ['sb_json']);
  put(config, 'debug', ['sbdebug']);
  put(config, 'set_cookie', ['sbsetcookie']);
  return config;
}

export function legacyOrder(): Values {
  const order: Values = {};
  for (const [key, names] of orderNames) put(order, key, names);
  order.action = legacyAction();
  for (const key of ['add_tag', 'del_tag']) {
    const text = scalar(key);
    if (typeof text === 'string' && text !== '') order[key] = text.replace(/ /g, '').split(',');
  }
  for (const [name, key] of [
    ['Text', 'txt'],
    ['Num', 'num'],
    ['Date', 'date'],
    ['Bool', 'bool'],
  ]) {
    for (let n = 1; n <= 4; n++) put(order, `customer_${key}${n}`, [`sbCustomField${name}${n}`]);
  }
  const fields = global('sbCustomFields');
  if (typeof fields === 'object' && fields !== null && 'custom_fields' in fields)
    order.custom_fields = fields.custom_fields;
  return order;
}

function legacyAction(): string {
  if (global('sbactionSignup') !== undefined) return 'signup';
  if (global('sbactionCustom') !== undefined) return 'newsletter';
  return 'order';
}

function put(values: Values, key: string, names: readonly string[]): void {
  for (const name of names) {
    const value = scalar(name);
    if (value === undefined) continue;
    values[key] = value;
    return;
  }
}

/** An element whose id is such a name is a global variable too: only plain values count. */
function scalar(name: string): unknown {
  const value = global(name);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
