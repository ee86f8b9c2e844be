import { expect, test } from 'vitest';
import { announcementKinds } from '#domain/announcement.ts';
import { auditActs, auditKinds } from '#domain/audit.ts';
import type { Cause, Status } from '#domain/basis.ts';
import type { CartStatus } from '#domain/cart.ts';
import { profileFields } from '#domain/facts.ts';
import { orderTexts } from '#domain/order-text.ts';
import { type OutcomeWord, reasons } from '#domain/reasons.ts';
import { outboundFailures } from '../outbound.ts';
import { siteFindings } from '../site-check.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

const catalogues = { fr, en } as const;
const statuses = ['accepted', 'refused', 'unknown', 'to confirm'] satisfies Status[];
const outcomes = ['applied', 'unchanged', 'ignored', 'rejected', 'unreadable', 'failed'] satisfies OutcomeWord[];
const cartStatuses = ['open', 'ordered', 'emptied', 'abandoned'] satisfies CartStatus[];
const causes: Record<Cause, true> = {
  auto: true,
  act: true,
  'record edge': true,
  person: true,
  staff: true,
  import: true,
  api: true,
  expiry: true,
  correction: true,
  'same address': true,
};

test('both languages have the same texts, none of them empty, in the same order', () => {
  expect(Object.keys(en)).toEqual(Object.keys(fr));
  for (const catalogue of Object.values(catalogues)) {
    expect(Object.entries(catalogue).filter(([, text]) => text.trim() === '')).toEqual([]);
  }
});

test('a text names the same values in both languages', () => {
  const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
  for (const key of Object.keys(fr) as (keyof typeof fr)[])
    expect([key, values(en[key])]).toEqual([key, values(fr[key])]);
});

test('every closed list of the domain has its words, and no reason has words without being one', () => {
  const wanted = [
    ...reasons.map((reason) => `reason.${reason}`),
    ...statuses.map((status) => `status.${status}`),
    ...Object.keys(causes).map((cause) => `cause.${cause}`),
    ...outcomes.map((outcome) => `outcome.${outcome}`),
    ...profileFields.map((field) => `field.${field}`),
    ...announcementKinds.map((kind) => `webhooks.kind.${kind}`),
    ...outboundFailures.map((failure) => `outbound.${failure}`),
    ...Object.keys(siteFindings).map((finding) => `siteCheck.found.${finding}`),
    ...cartStatuses.map((status) => `cart.${status}`),
    ...Object.keys(auditActs).map((act) => `audit.${act}`),
    ...auditKinds.map((kind) => `audit.kind.${kind}`),
    ...orderTexts.map((name) => `orderText.${name}`),
  ];
  expect(wanted.filter((key) => !(key in fr))).toEqual([]);
  const known = new Set(wanted);
  expect(Object.keys(fr).filter((key) => key.startsWith('reason.') && !known.has(key))).toEqual([]);
});

test('what a developer is told belongs to a reason there is', () => {
  const known = new Set<string>(reasons.map((reason) => `fix.${reason}`));
  expect(Object.keys(fr).filter((key) => key.startsWith('fix.') && !known.has(key))).toEqual([]);
});

test('the two warning sentences stand word for word', () => {
  expect(fr['tracker.uplift.warning']).toBe(
    "Si vous choisissez de remonter vos opt-in email et/ou SMS dans un consentement, assurez-vous que votre collecte de données est conforme au RGPD ! Si ce n'est pas encore le cas, choisissez plutôt une base légale.",
  );
});
