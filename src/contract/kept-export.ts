import { Value } from '@sinclair/typebox/value';
import { type ExportFormat, type ExportScope, exportFormats, exportKinds } from './export-kinds.ts';
import { type ExportFilter, exportFilters } from './exports.ts';

/** What a file was asked for with, as it was kept; null when no such thing can be asked for. */
export function readAsked(kept: {
  readonly kind: string;
  readonly format: string;
  readonly lang: string;
  readonly scope: string;
  readonly filter: unknown;
}): { asked: ExportFilter; format: ExportFormat; scope: ExportScope; lang: 'fr' | 'en' } | null {
  const kind = exportKinds.find((known) => known === kept.kind);
  const format = exportFormats.find((known) => known === kept.format);
  if (kind === undefined || format === undefined || !Value.Check(exportFilters[kind], kept.filter)) return null;
  const asked = { kind, filter: kept.filter } as ExportFilter;
  return { asked, format, scope: kept.scope === 'full' ? 'full' : 'accounts', lang: kept.lang === 'en' ? 'en' : 'fr' };
}
