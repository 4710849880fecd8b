import { defineConfig } from 'vitest/config'

/** Clients that Debian's packages bring, where these are installed: `.ci/debian-packages` does. */
export default defineConfig({
  test: { include: ['test/debian/**/*.test.ts'], pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 },
})
