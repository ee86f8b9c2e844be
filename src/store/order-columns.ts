/** The columns of an order's texts: the name rules know one by, in small letters with underscores. */
import type { OrderText } from '#domain/order-text.ts';

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${Snake<Rest>}`
    : `_${Lowercase<First>}${Snake<Rest>}`
  : Name;

export type OrderTextColumn = Snake<OrderText>;

export function orderTextColumn(name: OrderText): OrderTextColumn {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as OrderTextColumn;
}
