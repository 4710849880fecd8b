/**
 * `npm run bench`: how long until a server answers, and how many client-credentials tokens it issues a second, beside
 * oauth2-mock-server in the same run. Rounds alternate and medians count, so that a busy machine is unkind to both.
 * Both sign RS256, both have their keys (and ours its certificates) from an earlier start.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContestants } from './contestants.ts'
import type { Contestant } from './contestants.ts'
import { coldStart, warmedUp } from './measures.ts'
import type { Running } from './measures.ts'
import { median, printTable } from './table.ts'

const starts = 15
const rounds = 7
const warmUp = 4000
const requests = 2000

const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
try {
  const { source, built, peer } = await createContestants(folder)
  const contestants = existsSync('dist/main.js') ? [source, built, peer] : [source, peer]
  const milliseconds = new Map(contestants.map((contestant) => [contestant, [] as number[]]))
  const rates = new Map(contestants.map((contestant) => [contestant, [] as number[]]))

  // Keys, certificates and compiled code are there after the first start of each, which does not count.
  for (const contestant of contestants) await coldStart(contestant)
  for (let round = 0; round < starts; round++) {
    for (const contestant of contestants) milliseconds.get(contestant)?.push(await coldStart(contestant))
  }

  const running: (readonly [Contestant, Running])[] = []
  try {
    for (const contestant of contestants) running.push([contestant, await warmedUp(contestant, warmUp)])
    for (let round = 0; round < rounds; round++) {
      for (const [contestant, { tokensPerSecond }] of running) rates.get(contestant)?.push(await tokensPerSecond(requests))
    }
  } finally {
    await Promise.all(running.map(([, { stop }]) => stop()))
  }

  const [peerStart, peerRate] = [median(milliseconds.get(peer) ?? []), median(rates.get(peer) ?? [])]
  console.log(`Node ${process.version}; medians of ${starts} starts and of ${rounds} rounds of ${requests} tokens, alternating\n`)
  printTable(
    ['', 'cold start to first 200', 'x peer', 'tokens per second', 'x peer'],
    contestants.map((contestant) => {
      const [start, rate] = [median(milliseconds.get(contestant) ?? []), median(rates.get(contestant) ?? [])]

      return [contestant.name, `${start.toFixed(0)} ms`, (start / peerStart).toFixed(2), rate.toFixed(0), (rate / peerRate).toFixed(2)]
    }),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
