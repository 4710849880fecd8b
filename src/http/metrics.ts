/** Something that is counted, and how Prometheus is told of it. */
export type Metric = { readonly name: string; readonly type: 'counter' | 'gauge' | 'histogram'; readonly help: string; samples(): readonly Sample[] }

type Sample = { readonly name: string; readonly labels: Labels; readonly value: number }
type Labels = readonly (readonly [name: string, value: string])[]

export type Counter = Metric & { /** One more, of these values of its labels. */ count(...values: readonly string[]): void }
export type Histogram = Metric & { observe(seconds: number, ...values: readonly string[]): void }

/** Counts up, by labels. Whoever counts sees to it that the values are few. */
export function createCounter(name: string, help: string, labels: readonly string[]): Counter {
  const counts = new Map<string, { readonly values: readonly string[]; count: number }>()

  return {
    name, help, type: 'counter',
    count(...values) {
      const key = values.length === 1 ? values[0]! : values.join('\n')
      const known = counts.get(key)
      if (known) known.count++
      else counts.set(key, { values, count: 1 })
    },
    samples: () => [...counts.values()].map(({ values, count }) => ({ name, labels: named(labels, values), value: count })),
  }
}

/** From a millisecond, which most answers take, to ten seconds, which is a fault that a test asked for. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How long something took, by labels. */
export function createHistogram(name: string, help: string, labels: readonly string[]): Histogram {
  const series = new Map<string, { readonly values: readonly string[]; readonly below: Float64Array; sum: number; count: number }>()

  return {
    name, help, type: 'histogram',
    observe(seconds, ...values) {
      const key = values.join('\n')
      let one = series.get(key)
      if (!one) series.set(key, one = { values, below: new Float64Array(bounds.length), sum: 0, count: 0 })
      one.sum += seconds
      one.count++
      for (let at = bounds.length - 1; at >= 0 && seconds <= bounds[at]!; at--) one.below[at]!++
    },
    samples: () => [...series.values()].flatMap(({ values, below, sum, count }): Sample[] => {
      const own = named(labels, values)

      return [
        ...bounds.map((bound, at) => ({ name: `${name}_bucket`, labels: [...own, ['le', String(bound)] as const], value: below[at]! })),
        { name: `${name}_bucket`, labels: [...own, ['le', '+Inf']], value: count },
        { name: `${name}_sum`, labels: own, value: sum },
        { name: `${name}_count`, labels: own, value: count },
      ]
    }),
  }
}

/** What is looked up when it is asked for. `values` are labels and what stands under them. */
export function createGauge(name: string, help: string, labels: readonly string[], values: () => readonly (readonly [labels: readonly string[], value: number])[], type: 'gauge' | 'counter' = 'gauge'): Metric {
  return { name, help, type, samples: () => values().map(([of, value]) => ({ name, labels: named(labels, of), value })) }
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

/** The text that Prometheus reads (exposition format 0.0.4). */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(({ name, type, help, samples }) => [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples().map((sample) => `${sample.name}${labelText(sample.labels)} ${sample.value}`),
  ].join('\n')).join('\n').concat('\n')
}

function named(labels: readonly string[], values: readonly string[]): Labels {
  return labels.map((label, at) => [label, values[at] ?? ''] as const)
}

function labelText(labels: Labels): string {
  if (labels.length === 0) return ''
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

  return `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`
}
