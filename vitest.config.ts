import { defineConfig } from 'vitest/config';

const shared = {
  exclude: ['**/*.long.test.ts', '**/node_modules/**'],
  globalSetup: ['src/store/test-global-setup.ts'],
  setupFiles: ['checks/seed.ts'],
  // Ends what hangs; long enough that a busy machine reaches it in no other case.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // Modules are loaded once for all files of a worker: they keep nothing between programs, and loading them each time was a third of the run.
  isolate: false,
  // What is awaited may take its time on a busy machine; vitest's one second would be a timed assertion.
  expect: { poll: { timeout: 120_000 } },
};

const embedded = {
  test: {
    ...shared,
    name: 'embedded',
    include: ['src/**/*.test.ts', 'demo/**/*.test.ts', 'checks/**/*.test.ts', 'e2e/**/*.test.ts'],
  },
};

/** Rooms that speak to the database, on the server that TEST_DATABASE_URL names as well. */
const server = {
  test: { ...shared, name: 'server', include: ['src/{store,intake,apply,views,outbound,http,jobs}/**/*.test.ts'] },
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: process.env.TEST_DATABASE_URL ? [embedded, server] : [embedded],
  },
});
