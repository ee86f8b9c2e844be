/** Calls behind exports, and who may take away what. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ExportFormat, type ExportKind, type ExportScope, exportScope } from '#contract/export-kinds.ts';
import type { ExportFilter, ExportList, ExportRow } from '#contract/exports.ts';
import { call, useMe } from './api.ts';
import { problemText } from './page-state.tsx';
import { useLanguage, useText } from './text.ts';

const base = (shop: number): string => `/api/shops/${shop}/exports`;

export const exportApi = {
  list: (shop: number) => call<ExportList>('GET', base(shop)),
  drop: (shop: number, id: string) => call<{ done: boolean }>('POST', `${base(shop)}/${id}/delete`, {}),
  fileUrl: (shop: number, id: string) => `${base(shop)}/${id}/file`,
};

export interface Wanted {
  readonly asked: ExportFilter;
  readonly format: ExportFormat;
}

/** Asks for a file: a small one comes at once, a large one is prepared. */
export function useAskExport(shop: number) {
  const say = useText();
  const lang = useLanguage();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ asked: { kind, filter }, format }: Wanted) =>
      call<ExportRow>('POST', `${base(shop)}/${kind}`, { format, lang, filter: given(filter) }),
    onSuccess: (row) => {
      if (row.state === 'direct') window.location.assign(exportApi.fileUrl(shop, row.id));
      else notifications.show({ color: 'teal', message: say('exports.asked') });
      return queries.invalidateQueries({ queryKey: ['shop', shop, 'exports'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(say, error) }),
  });
}

/** Without what is not asked for. */
function given(filter: ExportFilter['filter']): object {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''));
}

/** Which columns of such a file the reader's role lets leave; null: it lets none. */
export function useExportScope(shop: number): (kind: ExportKind) => ExportScope | null {
  const role = useMe().data?.shops.find((one) => one.id === shop)?.role;
  return (kind) => (role === undefined ? null : exportScope(role, kind));
}
