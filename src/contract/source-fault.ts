/** What goes wrong with a recurring import, apart from the schemas: screens need it at run time. */

/**
 * Why a file could not be fetched or run, beside the failures of any call (`outbound.ts`) and the reasons of a file (`domain/reasons.ts`).
 * Words for people: `sourceFault.<code>`.
 */
export const sourceFaults = [
  'source.auth',
  'source.host_key',
  'source.no_file',
  'source.not_allowed',
  'source.answer',
  'source.protocol',
  'source.too_large',
  'source.empty',
  'source.changing',
  'source.template_gone',
  'source.all_refused',
] as const;
export type SourceFault = (typeof sourceFaults)[number];

/** Words for why it failed, from the three lists the code may be of. */
export function sourceFaultText(
  word: (list: 'sourceFault' | 'outbound' | 'reason', code: string) => string,
  fault: string,
): string {
  const list = (['sourceFault', 'outbound', 'reason'] as const).find((one) => word(one, fault) !== fault);
  return list === undefined ? fault : word(list, fault);
}
