/** Calls behind the import screens; a file goes up in pieces, and on from where it broke off. */
import type { ImportList, ImportPage, ImportSetupBody } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import { ApiError, call } from './api.ts';

export type ImportKind = Exclude<ImportPage['kind'], 'history'>;
type Writing = Pick<ImportSetupBody, 'encoding' | 'separator'>;

const base = (shop: number) => `/api/shops/${shop}/imports`;

export const importApi = {
  list: (shop: number) => call<ImportList>('GET', base(shop)),
  page: (shop: number, id: string) => call<ImportPage>('GET', `${base(shop)}/${id}`),
  create: (shop: number, kind: ImportKind, fileName: string, size: number) =>
    call<ImportPage>('POST', base(shop), { kind, fileName: fileName.slice(-250), size }),
  read: (shop: number, id: string, body: Writing) => call<ImportPage>('POST', `${base(shop)}/${id}/read`, body),
  setUp: (shop: number, id: string, body: ImportSetupBody) =>
    call<ImportPage>('POST', `${base(shop)}/${id}/setup`, body),
  act: (shop: number, id: string, act: 'check' | 'run' | 'stop') =>
    call<ImportPage>('POST', `${base(shop)}/${id}/${act}`, {}),
  undo: (shop: number, id: string, reason: string) => call<ImportPage>('POST', `${base(shop)}/${id}/undo`, { reason }),
  remove: (shop: number, id: string) => call<{ done: boolean }>('POST', `${base(shop)}/${id}/delete`, {}),
  keepTemplate: (
    shop: number,
    kind: ImportPage['kind'],
    name: string,
    setup: ImportSetupBody,
    headers: readonly string[],
  ) =>
    call<{ done: boolean }>('POST', `/api/shops/${shop}/import-templates`, {
      ...{ kind, name, setup },
      ...(headers.length === 0 ? {} : { headers }),
    }),
};

const tries = 6;

/** Sends what is missing of the file, then has it read. `onProgress`: share of the file that is there, 0 to 1. */
export async function uploadFile(
  shop: number,
  { id, received }: Pick<ImportPage, 'id' | 'received'>,
  file: Blob,
  onProgress: (share: number) => void,
): Promise<ImportPage> {
  for (let at = received; at < file.size; ) {
    at = await sendPiece(shop, id, at, file.slice(at, at + largestPiece));
    onProgress(at / file.size);
  }
  return importApi.read(shop, id, { encoding: null, separator: null });
}

/** Answers how many bytes the server has now; the same piece again where the network failed. */
async function sendPiece(shop: number, id: string, at: number, piece: Blob): Promise<number> {
  for (let tried = 1; ; tried++) {
    const answer = await fetch(`${base(shop)}/${id}/bytes?at=${at}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/octet-stream' },
      body: piece,
    }).catch(() => null);
    if (answer !== null && (answer.ok || answer.status === 409)) {
      const { received }: { received: number } = await answer.json();
      return received;
    }
    const passes = answer === null || answer.status === 429 || answer.status >= 500;
    if (!passes || tried === tries) throw new ApiError(answer?.status ?? 0, 'upload');
    await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tried));
  }
}
