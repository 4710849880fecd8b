import type { PolicyStanding } from './decision.ts'
import type { Impossible, Owed } from './grant-controls/grant-control.ts'

/** What asks for a second factor beside the policies, written out like one of them: no policy of the tenant, and nothing that the status of a log row counts. */
export function standingBeside({ id, displayName, ask, reason }: { readonly id: string; readonly displayName: string; readonly ask: Owed | Impossible | null; readonly reason: string }): PolicyStanding {
  return {
    id,
    displayName,
    state: 'enabled',
    result: ask === null ? 'success' : 'failure',
    applies: true,
    conditionsSatisfied: ['application', 'users'],
    conditionsNotSatisfied: [],
    includeRulesSatisfied: [],
    excludeRulesSatisfied: [],
    controlsMet: [],
    controlsOwed: ask?.kind === 'owed' ? ['mfa'] : [],
    controlsImpossible: ask?.kind === 'impossible' ? ['mfa'] : [],
    grantControls: [],
    sessionControls: [],
    reason,
  }
}
