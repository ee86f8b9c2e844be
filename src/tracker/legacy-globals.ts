/** The variables of pages written before `spconfig` and `sporder` (legacy wire §1.2, §1.4). */
import { global } from './page.ts';

export type Values = Record<string, unknown>;

/** Read as `spreadOrderEmail`, then `orderemail`; the one without which there is no order first. */
const orderNames = 'email amount name firstname optin state';
/** Read as `spreadOrderCity`, then `city`. */
const personNames = 'country birthday gender address cp city tel mobile fonction company tel_optin mobile_optin';

export function legacyConfig(): Values {
  const config: Values = {};
  put(config, 'public_key', ['siteid', 'publicKeySb']);
  put(config, 'env', ['sb_json']);
  put(config, 'debug', ['sbdebug']);
  put(config, 'set_cookie', ['sbsetcookie']);
  return config;
}

/** null: nobody is named, so nothing of it would be sent. */
export function legacyOrder(): Values | null {
  const order: Values = {};
  for (const name of orderNames.split(' ')) {
    put(order, name, [spreadName(name), `order${name}`]);
    if (!order.email) return null;
  }
  put(order, 'idorder', ['spreadIdOrder', 'idorder']);
  put(order, 'ordernum', ['sbOrderNum']);
  for (const name of personNames.split(' ')) put(order, name, [spreadName(name), name]);
  put(order, 'new_customer', ['spreadOrderNewCustomer', 'new_customer']);
  order.action = legacyAction();
  for (const key of ['add_tag', 'del_tag']) {
    const text = scalar(key);
    if (typeof text === 'string' && text !== '') order[key] = text.replace(/ /g, '').split(',');
  }
  for (const name of ['Text', 'Num', 'Date', 'Bool']) {
    const key = name === 'Text' ? 'txt' : name.toLowerCase();
    for (let n = 1; n < 5; n++) put(order, `customer_${key}${n}`, [`sbCustomField${name}${n}`]);
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

function spreadName(name: string): string {
  return `spreadOrder${name[0]?.toUpperCase()}${name.slice(1)}`;
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
