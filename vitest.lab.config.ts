import { defineConfig } from 'vitest/config';

/**
 * Tests against the lab: real API servers, one file after the other, so that what is measured in one is not slowed by
 * another. Their binaries are had before the first begins: nothing is measured while something is being built.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    expect: { poll: { timeout: 60_000, interval: 100 } },
    include: ['test/**/*.lab.test.ts'],
    globalSetup: ['test/setup/labBinaries.ts', 'test/setup/temporalServer.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
