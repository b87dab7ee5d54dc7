import { defineConfig } from 'vitest/config';

/** Tests that talk to a real Temporal server: all in these folders, and others that say so in their name. */
const needTemporal = [
  'test/{temporal,workflows,faults,processes,demo,browser,replay}/**/*.test.ts',
  'test/**/*.server.test.ts',
];

/** These need real API servers, and run by `npm run test:lab`. */
const needLab = 'test/**/*.lab.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    // Two cores are what a small CI machine has; more processes only make each other late.
    maxWorkers: 2,
    // Awaited for as long as a slow machine may need; the default is one second.
    expect: { poll: { timeout: 60_000, interval: 50 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...needTemporal, needLab],
          // A limit ends what hangs; how quick something is, no test says.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: needTemporal,
          exclude: [needLab],
          globalSetup: ['test/setup/temporalServer.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
