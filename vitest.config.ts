import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['test/long/**', 'test/debian/**'],
    pool: 'forks',
    // Files share their process, and with it the modules they load: a test that needs a process to itself starts one.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
