/** The closed lists of requests, in the order they are offered; the compiler misses none. */
import type { ErasureBody } from '#contract/rights.ts';
import type { RightsChannel, RightsKind, RightsRefusal } from '#domain/rights.ts';

export const rightsKinds = listed<RightsKind>({ access: 1, rectification: 1, erasure: 1, objection: 1 });
export const rightsChannels = listed<RightsChannel>({ mail: 1, letter: 1, phone: 1, desk: 1, page: 1, api: 1 });
export const rightsRefusals = listed<RightsRefusal>({ identity: 1, unknown: 1, unfounded: 1, excessive: 1, law: 1 });
export const erasureReasons = listed<ErasureBody['reason']>({
  asked: 1,
  consent: 1,
  objection: 1,
  unneeded: 1,
  unlawful: 1,
  duty: 1,
  test: 1,
});

function listed<Word extends string>(words: Readonly<Record<Word, 1>>): readonly Word[] {
  return Object.keys(words) as Word[];
}
