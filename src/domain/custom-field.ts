/** Custom fields of profiles as the merchant defines them; values of ids nobody defined are kept all the same. */

export const customFieldTypes = ['text', 'number', 'date', 'bool', 'radio'] as const;
export type CustomFieldType = (typeof customFieldTypes)[number];

export interface CustomField {
  /** As shops send it: `custom_fields[327]`. */
  readonly id: number;
  readonly name: string;
  readonly type: CustomFieldType;
  /** What people were asked, where they were. */
  readonly question: string | null;
  /** The answers of a `radio`; otherwise none. */
  readonly options: readonly string[];
  readonly active: boolean;
}

const largestId = 2_147_483_647;

export function isCustomField(value: unknown): value is CustomField {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, type, question, options, active } = value as Partial<Record<keyof CustomField, unknown>>;
  return (
    typeof id === 'number' &&
    Number.isInteger(id) &&
    id >= 1 &&
    id <= largestId &&
    isText(name, 100) &&
    customFieldTypes.some((known) => known === type) &&
    (question === null || isText(question, 500)) &&
    Array.isArray(options) &&
    options.length <= 200 &&
    options.every((option) => isText(option, 200)) &&
    new Set(options).size === options.length &&
    (type === 'radio') === options.length > 0 &&
    typeof active === 'boolean'
  );
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest;
}
