/** Parameters of PrestaShop's hooks, where only they were sent: they name objects by their numbers. */
import type { StateParts } from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import type { Json, JsonObject } from '../json.ts';
import { accountFact, cartFact, ignored, missing, newsletterFact, orderFact, personOf, read } from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import { idOf, objectOf, textOf } from '../shop-values.ts';

export function decodeHook(item: ShopItem, params: JsonObject): Decoded {
  const named = (param: string, kind: string): string | null => idOf(objectOf(params[param])[`@${kind}`]);
  const ownTime = item.occurredAt;
  switch (item.topic) {
    case 'actionValidateOrder': {
      const key = named('order', 'Order');
      if (key === null) return missing('params.order');
      const person = personOf(named('customer', 'Customer'), null, {});
      return read(
        orderFact({
          key,
          ownTime,
          person,
          cartKey: named('cart', 'Cart'),
          state: stateOf(named('orderStatus', 'OrderState')),
        }),
      );
    }
    case 'actionOrderStatusPostUpdate': {
      const key = idOf(params.id_order);
      if (key === null) return missing('params.id_order');
      return read(orderFact({ key, ownTime, state: stateOf(named('newOrderStatus', 'OrderState')) }));
    }
    case 'actionPaymentConfirmation': {
      const key = idOf(params.id_order);
      const paid: StateParts = { payment: 'paid', fulfilment: null, cancelled: null };
      return key === null ? missing('params.id_order') : read(orderFact({ key, ownTime, state: paid }));
    }
    case 'actionCustomerAccountAdd':
    case 'actionObjectCustomerAddAfter': {
      const id = named('newCustomer', 'Customer') ?? named('object', 'Customer');
      if (id === null) return missing('params.newCustomer');
      return read(accountFact({ person: personOf(id, null, {}), createdAt: 'now', ownTime }));
    }
    case 'actionNewsletterRegistrationAfter':
      return newsletter(item, params);
    case 'actionCartSave':
    case 'actionCartUpdateQuantityBefore': {
      // the change has not happened yet: the cart's rows come from reading it
      const key = named('cart', 'Cart');
      if (key === null) return missing('params.cart');
      return read(
        cartFact({ key, person: personOf(null, null, {}), total: null, items: null, state: 'filled', ownTime }),
      );
    }
    default:
      return ignored('wire.topic_ignored', item.topic);
  }
}

/** The footer's form: action 0 subscribes, 1 unsubscribes; `error` is a sentence when it did neither. */
function newsletter(item: ShopItem, params: JsonObject): Decoded {
  const email = textOf(params.email);
  if (email === null) return { word: 'rejected', reason: 'wire.no_identity', field: 'params.email' };
  const failed = !isNothing(params.error);
  const value =
    params.action === '0' || params.action === 0 ? 1 : params.action === '1' || params.action === 1 ? 0 : null;
  if (failed || value === null) return ignored('wire.states_nothing');
  return read(newsletterFact(personOf(null, email, {}), value, item.occurredAt));
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === false || value === '' || value === 0;
}

function stateOf(code: string | null): { readonly code: string } | null {
  return code === null ? null : { code };
}
