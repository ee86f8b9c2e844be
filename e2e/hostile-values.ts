/** Values that a JSON Schema takes, as hostile as it lets them be. */
import fc from 'fast-check';
import { marker } from './hostile.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...['', ' ', '\0', '\ud83c', '\udf38', `${marker}@shop.example`, '0000-00-00', '0000-01-01', '9999-12-31'],
    ...['275760-09-13', '2026-02-30', '-1', '1e999', '9007199254740993', '__proto__', "'; drop table orders; --", '%'],
    ...['https://shop.example/', 'http://127.0.0.1:1/', 'https://[::1]/', 'javascript:alert(1)', '../../etc/passwd'],
    'x'.repeat(3_000),
  ),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, -1, 1, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER, 2 ** 53 + 2, 1e308, 0.1),
);

export function schemaValue(schema: unknown): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: valueIn(Object(schema)) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).map((json) => JSON.parse(json)) },
  );
}

function valueIn(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valueIn));
  switch (schema.type) {
    case 'string':
      return schema.pattern === undefined ? texts : fc.oneof(texts, matching(schema.pattern));
    case 'integer':
    case 'number':
      return fc.oneof(numbers, fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 9, 1e9) }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueIn(schema.items ?? {}), { maxLength: 4 });
    case 'object':
      return objectOf(schema);
    default:
      return texts;
  }
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  const [values] = Object.values(schema.patternProperties ?? {});
  if (values !== undefined) return fc.dictionary(texts, valueIn(values), { maxKeys: 3 });
  const properties = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valueIn(one)] as const);
  return fc.record(Object.fromEntries(properties), { requiredKeys: [...(schema.required ?? [])] });
}

/** Some patterns say more than the library can draw. */
function matching(pattern: string): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return texts;
  }
}
