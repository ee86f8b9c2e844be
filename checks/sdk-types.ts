/** sdk/types.ts, made from the schemas in `contract/`: the client others install knows nothing of this repository. */
import { type TSchema, Type } from '@sinclair/typebox';
import { ContactAnswers, ContactQuestion } from '../src/contract/contact.ts';
import {
  CartData,
  Customer,
  IngestAnswer,
  IngestEvent,
  OrderData,
  OrderItem,
  PersonData,
} from '../src/contract/ingest.ts';

const named = {
  Customer,
  OrderItem,
  OrderData,
  CartData,
  PersonData,
  IngestEvent,
  IngestAnswer,
  ContactQuestion,
  ContactAnswers,
};

/** The whole file. */
export function renderSdkTypes(): string {
  const types = Object.entries(named).map(([name, schema]) => `export type ${name} = ${render(schema, name)};\n`);
  return `/**
 * Made from the schemas in src/contract by \`npm run generate\`: change them there.
 */
// biome-ignore-all format: made by a program

${types.join('\n')}`;
}

function render(schema: TSchema, of: string): string {
  const known = Object.entries(named).find(([name, one]) => name !== of && one === schema);
  if (known !== undefined) return known[0];
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((one: TSchema) => render(one, of)).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `readonly (${render(schema.items, of)})[]`;
    case 'object':
      return renderObject(schema, of);
    default:
      throw new Error(`no type is known for ${JSON.stringify(schema)}`);
  }
}

function renderObject(schema: TSchema, of: string): string {
  if (schema.patternProperties !== undefined) {
    const [value] = Object.values<TSchema>(schema.patternProperties);
    return `Readonly<Record<string, ${render(value ?? Type.Null(), of)}>>`;
  }
  const required = new Set<string>(schema.required ?? []);
  const fields = Object.entries<TSchema>(schema.properties ?? {}).map(
    ([name, one]) => `readonly ${name}${required.has(name) ? '' : '?'}: ${render(one, of)}`,
  );
  return fields.length === 0 ? 'Readonly<Record<string, unknown>>' : `{ ${fields.join('; ')} }`;
}
