/**
 * Every reason an outcome may carry. One closed list: words for people are in contract/messages, and a check holds the two together.
 */
export const reasons = [
  // identity
  'identity.missing',
  'identity.email_shared',
  'identity.ambiguous',
  'identity.former_address',
  'identity.id_ambiguous',
  'identity.email_invalid',
  'identity.external_id_too_long',
  // orders
  'order.no_reference',
  'order.state_unmapped',
  'order.reference_ambiguous',
  'order.amount_invalid',
  'order.browser_outranked',
  // carts
  'cart.superseded',
  'cart.ordered',
  'automation.none',
  // bases
  'basis.refused_is_final',
  'basis.move_not_allowed',
  'basis.refused_needs_act',
  'basis.name_ambiguous',
  'basis.name_unknown',
  'basis.browser_cannot_reaccept',
  'basis.own_refusal',
  'optin.no_mobile',
  'optin.no_target',
  'uplift.history',
  // trust
  'browser.origin',
  'browser.writes_off',
  'browser.bot',
  'delivery.repeated',
  'trust.browser_cannot_refuse',
  'trust.browser_cannot_change_identity',
  'token.unknown',
  // time and values
  'time.future',
  'time.invalid',
  'field.invalid',
  'field.too_long',
  // imports
  'import.value_unknown',
  'import.columns_changed',
  'import.header_again',
  'import.not_encoding',
  'import.order_split',
  'import.bomb',
  'import.archive_broken',
  'import.zip_files',
  'import.sheet_broken',
  'import.sheet_too_large',
  'import.empty',
  'import.not_text',
  'import.row_too_long',
  'import.quotes',
  'import.person_erased',
  'person.erased',
  'profile.unknown',
  'merge.same',
  'merge.merged_before',
  'merge.not_merged',
  'settings.invalid',
  'settings.proof_missing',
  'settings.basis_unknown',
  'settings.basis_incomplete',
  'settings.basis_name_taken',
  'settings.basis_in_use',
  'settings.basis_kind_fixed',
  'settings.contract_is_service',
  'settings.phone_needs_consent',
  // reading
  'wire.not_form',
  'wire.not_json',
  'wire.not_utf8',
  'wire.too_deep',
  'wire.too_many_fields',
  'wire.no_identity',
  'wire.missing_field',
  'wire.unknown_action',
  'wire.unknown_format',
  'wire.not_offered',
  // ours
  'fault.parked',
] as const;

export type Reason = (typeof reasons)[number];

/** How an item ended (rules §1 "outcome"). */
export type OutcomeWord = 'applied' | 'unchanged' | 'ignored' | 'rejected' | 'unreadable' | 'failed';
