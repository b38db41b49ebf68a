import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'tests/long/**'],
    // TensorFlow's library holds state of its whole process, which threads would share.
    pool: 'forks',
    maxWorkers: 2,
    // Patience, not expectations: these end a test that hangs, however slow a machine is.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
