import type { SettledAnswer } from '#contract/profile.ts';
import type { RetentionBody, RetentionPage } from '#contract/retention.ts';
import type {
  ErasureAnswer,
  ErasureBody,
  ErasurePreview,
  RightsCreated,
  RightsList,
  RightsMoved,
  RightsPage,
  StaffRightsBody,
} from '#contract/rights.ts';
import { call } from './api.ts';

/** What becomes of a request: the step's name, and what it takes along. */
export type RightsMove = 'identity' | 'code' | 'vouch' | 'extend' | 'object' | 'close';

export const rightsApi = {
  preview: (shop: number, profile: number) =>
    call<ErasurePreview>('GET', `/api/shops/${shop}/profiles/${profile}/erasure`),
  erase: (shop: number, profile: number, body: ErasureBody) =>
    call<ErasureAnswer>('POST', `/api/shops/${shop}/profiles/${profile}/erase`, body),
  retention: (shop: number) => call<RetentionPage>('GET', `/api/shops/${shop}/retention`),
  previewRetention: (shop: number, body: RetentionBody) =>
    call<RetentionPage>('POST', `/api/shops/${shop}/retention/preview`, body),
  saveRetention: (shop: number, body: RetentionBody) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/retention`, body),
  list: (shop: number) => call<RightsList>('GET', `/api/shops/${shop}/rights`),
  take: (shop: number, body: StaffRightsBody) => call<RightsCreated>('POST', `/api/shops/${shop}/rights`, body),
  find: (shop: number, request: number) => call<RightsPage>('GET', `/api/shops/${shop}/rights/${request}`),
  move: (shop: number, request: number, what: RightsMove, body: object = {}) =>
    call<RightsMoved>('POST', `/api/shops/${shop}/rights/${request}/${what}`, body),
  eraseAsked: (shop: number, request: number) =>
    call<ErasureAnswer>('POST', `/api/shops/${shop}/rights/${request}/erase`, {}),
};
