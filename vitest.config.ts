import { defineConfig } from 'vitest/config';

/** One PostgreSQL for the run; every test file has a database and, where it wants one, a Redis of its own. */
export default defineConfig({
  // the package has a CommonJS and an ES build; our code and the libraries must meet in the same one
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: process.env.AORTA_TWICE ? ['test/support/twice/setup.ts'] : [], // npm run test:twice
    pool: 'forks',
    maxWorkers: 3, // on two cores: most tests wait for processes, and all have to stand a machine without time
    // they end what hangs, and say nothing of how fast a machine has to be
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 20_000,
  },
});
