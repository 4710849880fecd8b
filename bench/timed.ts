import { median } from './table.ts'

/** How long it took, and how long of that this process, which serves and asks, was busy: what it would take on a machine that does nothing else. */
export type Taken = { readonly milliseconds: number; readonly busy: number }

export async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const [begin, { user, system }] = [performance.now(), process.cpuUsage()]
  await work()
  const used = process.cpuUsage()

  return { milliseconds: performance.now() - begin, busy: (used.user - user + used.system - system) / 1000 }
}

export const medianOf = (all: readonly Taken[]): Taken => ({ milliseconds: median(all.map(({ milliseconds }) => milliseconds)), busy: median(all.map(({ busy }) => busy)) })

/** Whether something took less than so many milliseconds, or would have on a machine of its own. */
export const isWithin = ({ milliseconds, busy }: Taken, most: number) => Math.min(milliseconds, busy) < most
