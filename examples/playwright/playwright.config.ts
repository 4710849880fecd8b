import { defineConfig } from '@playwright/test'

/** The browser that Playwright installed, unless a file of another is named. */
const executablePath = process.env.CHROMIUM

export default defineConfig({
  testMatch: '*.spec.ts',
  fullyParallel: true,
  reporter: 'line',
  outputDir: process.env.PLAYWRIGHT_RESULTS ?? 'test-results',
  use: { launchOptions: executablePath ? { executablePath, args: (process.env.CHROMIUM_ARGS ?? '').split(' ') } : {} },
})
