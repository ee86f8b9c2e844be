/** A shop as PrestaShop 8.2.1 was recorded, in the form plugins/testing/prestashop-stubs.php reads. */
import { recorded } from './php-plugin.ts';

type Row = Record<string, unknown>;
type World = Record<string, Record<string, unknown>>;

const folder = 'prestashop/fixtures/own-recorded';

/** Changes: class → id → fields, laid over what was recorded. */
export function prestashopWorld(changes: Readonly<Record<string, Readonly<Record<string, object>>>> = {}): World {
  const states = recorded<{ order_states: Row[] }>(`${folder}/order_states.json`).order_states;
  const [detail = {}] = recorded<{ order_details: Row[] }>(`${folder}/order_details.json`).order_details;
  const [slip = {}] = recorded<{ order_slips: Row[] }>(`${folder}/order_slip.json`).order_slips;
  const world: World = {
    Order: { 6: recorded<{ order: Row }>(`${folder}/order.json`).order },
    Customer: { 5: recorded<{ customer: Row }>(`${folder}/customer.json`).customer },
    Address: { 8: recorded<{ address: Row }>(`${folder}/address.json`).address },
    FirstAddress: { 5: 8 },
    Cart: { 8: recorded<{ cart: Row }>(`${folder}/cart.json`).cart },
    CartProducts: {
      8: [
        {
          id_product: '1',
          id_product_attribute: '1',
          name: 'Hummingbird printed t-shirt',
          reference: 'demo_1',
          cart_quantity: '1',
          price_wt: 22.944,
          total_wt: 22.94,
        },
      ],
    },
    OrderState: Object.fromEntries(
      states.map((state) => [
        String(state.id),
        { ...state, name: textOf(state.name), template: textOf(state.template) },
      ]),
    ),
    // these classes read rows of tables, whose ids carry their table's name
    OrderDetail: { 6: [{ ...detail, id_order_detail: detail.id }] },
    OrderSlip: { 6: [] },
    Slips: { 6: [{ ...slip, id_order_slip: slip.id }] },
    Currency: { 1: { id: '1', iso_code: 'EUR' } },
    Country: { 8: { id: '8', iso_code: 'FR' } },
    Language: {
      1: { id: '1', iso_code: 'fr', language_code: 'fr-fr', locale: 'fr-FR' },
      2: { id: '2', iso_code: 'en', language_code: 'en-gb', locale: 'en-GB' },
    },
  };
  for (const [name, changed] of Object.entries(changes)) {
    for (const [id, fields] of Object.entries(changed)) {
      const before = world[name]?.[id];
      const merged = Array.isArray(fields) || typeof before !== 'object' ? fields : { ...before, ...fields };
      world[name] = { ...world[name], [id]: merged };
    }
  }
  return world;
}

export function recordedHook(name: string): { readonly hook: string; readonly params: object } {
  return recorded(`${folder}/hook-${name}.json`);
}

/** Texts of the webservice are plain, or a list by language. */
function textOf(value: unknown): unknown {
  const [first] = Array.isArray(value) ? value : [];
  return typeof first === 'object' && first !== null && 'value' in first ? first.value : value;
}
