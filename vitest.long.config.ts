import { defineConfig } from 'vitest/config';

/** Many kills, long histories: minutes, before an issue counts as done. */
export default defineConfig({
  test: {
    include: ['src/**/*.long.test.ts', 'e2e/**/*.long.test.ts'],
    globalSetup: ['src/store/test-global-setup.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 120_000 } },
    maxWorkers: 1,
  },
});
