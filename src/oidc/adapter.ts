import { errors } from 'oidc-provider'
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'
import type { Profile } from './profile.ts'
import type { ProtocolState } from '../store/protocol-state.ts'

/** Finds a client's metadata for the request at hand (see `clients.ts`). */
export type ClientSource = {
  find(clientId: string): AdapterPayload | undefined
  save(clientId: string, metadata: AdapterPayload): void
  remove(clientId: string): void
}

/**
 * The library's storage on one tenant's protocol state. A code, a refresh token, a pushed request is consumed by
 * compare-and-set: of parallel redemptions exactly one succeeds. Whether the others cost the winner its tokens is the
 * profile's to say.
 */
export function adapterOf(state: ProtocolState, clients: ClientSource, { revokesGrants }: Pick<Profile, 'revokesGrants'>): AdapterFactory {
  return (model) => (model === 'Client' ? clientAdapter(clients) : stateAdapter(state, model, revokesGrants))
}

function stateAdapter(state: ProtocolState, model: string, revokesGrants: boolean): Adapter {
  return {
    async upsert(id, payload, expiresIn) {
      state.upsert(model, id, payload, expiresIn)
    },
    async find(id) {
      return state.find(model, id) as AdapterPayload | undefined
    },
    async findByUid(uid) {
      return state.findByUid(model, uid) as AdapterPayload | undefined
    },
    async findByUserCode(userCode) {
      return state.findByUserCode(model, userCode) as AdapterPayload | undefined
    },
    async consume(id) {
      if (!state.consume(model, id)) throw new errors.InvalidGrant('already consumed')
    },
    async destroy(id) {
      state.destroy(model, id)
    },
    async revokeByGrantId(grantId) {
      if (revokesGrants) state.revokeByGrantId(grantId)
    },
  }
}

function clientAdapter(clients: ClientSource): Adapter {
  return {
    async upsert(id, payload) {
      clients.save(id, payload)
    },
    async find(id) {
      return clients.find(id)
    },
    async destroy(id) {
      clients.remove(id)
    },
    findByUid: nothing,
    findByUserCode: nothing,
    async consume() {},
    async revokeByGrantId() {},
  }
}

async function nothing(): Promise<undefined> {
  return undefined
}
