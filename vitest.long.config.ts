import { defineConfig } from 'vitest/config'

/** What is slow on purpose: crashes, leaks, many tenants at once. */
export default defineConfig({
  test: { include: ['test/long/**/*.test.ts'], pool: 'forks', testTimeout: 600_000, hookTimeout: 60_000 },
})
