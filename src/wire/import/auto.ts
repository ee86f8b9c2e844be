/** A file that nobody looks at before it is run: by settings that were kept, or by what its header says alone. */
import { fitColumns } from '#contract/import-columns.ts';
import type { ImportLook } from '#contract/imports.ts';
import type { Reason } from '#domain/reasons.ts';
import { isObject, type Json } from '../json.ts';
import type { ImportKind } from './columns.ts';
import { type ImportSetup, readSetup } from './setup.ts';

export interface KeptSettings {
  readonly headers: readonly string[] | null;
  readonly setup: unknown;
}

/** As an import keeps it until it was read. null: no settings, the header alone. */
export function writeAuto(kept: KeptSettings | null): unknown {
  return { template: kept === null ? null : { headers: kept.headers, setup: kept.setup } };
}

/** How the bytes are to be read by them; null each: as they tell themselves. */
export function writingBy(kept: KeptSettings | null): { readonly encoding: unknown; readonly separator: unknown } {
  const setup = kept?.setup;
  const has = typeof setup === 'object' && setup !== null;
  return {
    encoding: has && 'encoding' in setup ? setup.encoding : null,
    separator: has && 'separator' in setup ? setup.separator : null,
  };
}

/**
 * What such a file is run with, or why it cannot be run unseen. A written reason and a day were given for one file: neither is kept for the
 * next one, so a reset of refusals is never repeated by itself (rules §8).
 */
export function applyAuto(kind: ImportKind, auto: Json, look: ImportLook, proposed: ImportSetup): ImportSetup | Reason {
  if (!isObject(auto)) return 'import.template_unfit';
  if (!isObject(auto.template)) {
    if (look.datesUnclear) return 'import.dates_unclear';
    const setup = readSetup(kind, JSON.parse(JSON.stringify(proposed)));
    return typeof setup === 'string' ? 'import.setup_unclear' : setup;
  }
  const { headers, setup } = auto.template;
  const kept = isObject(setup) ? readSetup(kind, setup) : 'shape';
  if (typeof kept === 'string') return 'import.template_unfit';
  const names = Array.isArray(headers) ? headers.map(String) : null;
  const columns = fitColumns({ headers: names, columns: kept.columns }, look.headers);
  if (columns === null) return 'import.template_unfit';
  const rules = { ...kept.rules, reset: null, asOf: null };
  const whole = readSetup(kind, JSON.parse(JSON.stringify({ ...kept, header: proposed.header, columns, rules })));
  return typeof whole === 'string' ? 'import.template_unfit' : whole;
}
