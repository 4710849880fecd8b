import { idFor } from '../../directory/index.ts'
import type { Directory, User } from '../../directory/types.ts'

/** A plan that can be bought, as `subscribedSkus` names it. */
export type Sku = { readonly skuId: string; readonly skuPartNumber: string; readonly servicePlans: readonly ServicePlan[] }
type ServicePlan = { readonly servicePlanId: string; readonly servicePlanName: string }

const premium1: ServicePlan = { servicePlanId: '41781fb2-bc02-4b7c-bd55-b576c07bb09d', servicePlanName: 'AAD_PREMIUM' }
const premium2: ServicePlan = { servicePlanId: 'eec0eb4f-6444-4f95-aba0-50c24d67f998', servicePlanName: 'AAD_PREMIUM_P2' }
const multifactor: ServicePlan = { servicePlanId: '8a256a2b-b617-496d-b51b-e76466e88db0', servicePlanName: 'MFA_PREMIUM' }

const skus: { readonly P1: Sku; readonly P2: Sku } = {
  P1: { skuId: '078d2b04-f1bd-4111-bbd4-b4b1b354cef4', skuPartNumber: 'AAD_PREMIUM', servicePlans: [premium1, multifactor] },
  P2: { skuId: '84a661c4-e949-4bd2-a560-ed7766fcaf2b', skuPartNumber: 'AAD_PREMIUM_P2', servicePlans: [premium1, premium2, multifactor] },
}

/** A plan of the tenant, and how it stands: what was lost is suspended. */
export type Subscription = Sku & { readonly id: string; readonly capabilityStatus: 'Enabled' | 'Suspended' }

/** What the tenant's licence is in Graph's words (reference 1.1): one plan, or none where there never was a licence. */
export function subscriptions({ settings }: Directory): readonly Subscription[] {
  const { licence, id } = settings
  if (licence === 'none') return []
  const sku = licence === 'P1' ? skus.P1 : skus.P2

  return [{ ...sku, id: `${id}_${sku.skuId}`, capabilityStatus: licence === 'lapsed' ? 'Suspended' : 'Enabled' }]
}

export type AssignedLicence = { readonly skuId: string; readonly disabledPlans: readonly string[] }

/** The plans a user has: those assigned to the user; where nobody ever assigned any, everything the tenant has. */
export function licencesOf(user: User, directory: Directory): readonly AssignedLicence[] {
  const bought = subscriptions(directory)
  const assigned = user.assignedLicenses as readonly AssignedLicence[] | undefined

  return assigned ? assigned.filter(({ skuId }) => bought.some((sku) => sku.skuId === skuId)) : bought.map(({ skuId }) => ({ skuId, disabledPlans: [] }))
}

/** The plans a user has, in full: what `licenseDetails` lists. */
export function licenceDetails(user: User, directory: Directory) {
  const assigned = licencesOf(user, directory)

  return subscriptions(directory).flatMap(({ skuId, skuPartNumber, servicePlans }) => {
    const licence = assigned.find((one) => one.skuId === skuId)
    if (!licence) return []
    const plans = servicePlans.map((plan) => planOf(plan, licence.disabledPlans.includes(plan.servicePlanId) ? 'Disabled' : 'Success'))

    return [{ id: idFor(user.id, 'licence', skuId), skuId, skuPartNumber, servicePlans: plans }]
  })
}

/** A service plan as Graph shows one. */
export function planOf({ servicePlanId, servicePlanName }: ServicePlan, provisioningStatus: 'Success' | 'Disabled') {
  return { servicePlanId, servicePlanName, provisioningStatus, appliesTo: 'User' }
}
