import type { CustomField } from '#domain/custom-field.ts';
import { offsetTime } from './write-time.ts';

/** `at`: when the shop's settings last changed; fields have no times of their own. */
export function writeCustomField(field: CustomField, at: Date): Record<string, unknown> {
  return {
    id: String(field.id),
    name: field.name,
    type: field.type,
    createdAt: offsetTime(at),
    updatedAt: offsetTime(at),
    status: field.active ? '1' : '0',
    question: field.question,
  };
}
