/** What people may ask about their data, and what is done about it (rules §7). Each code has its words in contract/messages. */

export const rightsKinds = ['access', 'rectification', 'erasure', 'objection'] as const;
export type RightsKind = (typeof rightsKinds)[number];

/** How a request came in. */
export const rightsChannels = ['page', 'mail', 'letter', 'phone', 'desk', 'api'] as const;
export type RightsChannel = (typeof rightsChannels)[number];

/** Why one was not followed (GDPR articles 11, 12.5, 12.6, 17.3). */
export const rightsRefusals = ['identity', 'unknown', 'unfounded', 'excessive', 'law'] as const;
export type RightsRefusal = (typeof rightsRefusals)[number];

/** What is written down about a request. */
export const rightsSteps = [
  'received',
  'identity_mailed',
  'identity_link',
  'identity_code',
  'identity_wrong_code',
  'identity_vouched',
  'extended',
  'archive_made',
  'erased',
  'objected',
  'done',
  'refused',
] as const;
export type RightsStep = (typeof rightsSteps)[number];
