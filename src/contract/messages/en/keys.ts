// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in English: pairs of keys and their replacement. */
export const keys = {
  'keys.rotate': 'Replace this pair',
  'keys.rotateHelp': 'A new pair is made with the same rights. The old one goes on working for the time you choose: replace it everywhere (pages, server, module) without losing anything. The page counts the calls that still use it.',
  'keys.grace': 'The old pair goes on working for',
  'keys.grace.0': 'No time at all: it ends now',
  'keys.grace.24': '24 hours',
  'keys.grace.168': '7 days',
  'keys.grace.720': '30 days',
  'keys.graceNone': 'Pages and servers that carry the old pair will not be able to send anything any more. Choose this if the private key has fallen into the wrong hands.',
  'keys.rotateSubmit': 'Make the new pair',
  'keys.rotated': 'The new pair is ready; the guides on this page already use it.',
  'keys.unused': 'No call has used this pair since it was replaced.',
  'keys.used_one': '{{count}} call has used this pair since it was replaced.',
  'keys.used_other': '{{count}} calls have used this pair since it was replaced.',
  'keys.lastUsed': 'Last call: {{date}}.',
  'keys.end': 'End it now',
  'keys.changed': 'This pair has changed in the meantime. Reload the page.',
};
