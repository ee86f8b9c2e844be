/** The shop software the Tracker page knows, and the states each ships with. */
export { type Platform, type PlatformState, platformStates, platforms } from '#domain/platform-state.ts';
