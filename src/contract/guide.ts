/** What a guide may name: values of the shop as `{{name}}`, and sections of the Tracker page as `(setting:name)`. */
export const guideValues = [
  'collectorUrl',
  'host',
  'protocol',
  'publicKey',
  'privateKey',
  'testKey',
  'currency',
  'snippet',
  'orderSnippet',
  'modernSnippet',
  'versionedUrl',
  'integrity',
] as const;
export type GuideValue = (typeof guideValues)[number];

/** The sections of the Tracker page, in their order. */
export const trackerSections = [
  'state',
  'install',
  'connections',
  'site-check',
  'validation',
  'uplift',
  'developers',
  'keys',
  'module',
  'domains',
  'browser',
  'docs',
] as const;
export type TrackerSection = (typeof trackerSections)[number];
