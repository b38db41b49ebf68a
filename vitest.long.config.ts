import { defineConfig } from 'vitest/config';

/** What takes minutes: full demo, fuzzing, soak. One file at a time has the machine to itself. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/long/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 30 * 60_000,
    hookTimeout: 30 * 60_000,
    expect: { poll: { timeout: 120_000 } },
    passWithNoTests: true,
  },
});
