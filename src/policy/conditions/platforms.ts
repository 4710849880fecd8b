import type { PlatformsCondition } from '../policy.ts'
import type { Platform } from '../policy.ts'
import { valueCondition } from './condition.ts'

/** The operating system, as far as the client tells it. One that cannot be told is matched by `all` only. */
export const platforms = valueCondition<PlatformsCondition, Platform | null>({
  names: ['devicePlatform'],
  weight: 4,
  whatIf: {
    reason: () => 'devicePlatform',
    isGiven: ({ platform }, { conditions: { platforms: condition } }) => platform !== undefined || isEverywhere(condition),
  },
  member: ({ conditions }) => conditions.platforms,
  value: ({ conditions }) => conditions.platform,
  holds: ({ includePlatforms, excludePlatforms }, platform) => names(includePlatforms, platform) && !names(excludePlatforms, platform),
  rules: ({ includePlatforms, excludePlatforms }, platform) => ({
    include: rulesOf(includePlatforms, platform),
    exclude: rulesOf(excludePlatforms, platform),
  }),
  words: (platform) => (platform === null ? 'the platform is unknown' : `the platform is ${platform}`),
})

function names(list: PlatformsCondition['includePlatforms'], platform: Platform | null): boolean {
  return list.includes('all') || (platform !== null && list.includes(platform))
}

function rulesOf(list: PlatformsCondition['includePlatforms'], platform: Platform | null) {
  if (!names(list, platform)) return []
  const ruleSatisfied = list.includes('all') ? 'allDevicePlatforms' : 'devicePlatform'

  return [{ conditionalAccessCondition: 'devicePlatform', ruleSatisfied } as const]
}

/** Any platform will do, so that it need not be known. */
function isEverywhere(condition: PlatformsCondition | null): boolean {
  return condition !== null && condition.includePlatforms.includes('all') && condition.excludePlatforms.length === 0
}
