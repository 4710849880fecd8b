import { user as userInFile } from '../../directory/file/schema-people.ts'
import { hashPassword } from '../../directory/index.ts'
import type { User } from '../../directory/types.ts'
import { changePassword, isWeakPassword } from '../../sign-in/challenges/password-change.ts'
import { answerCount, answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { hasRole } from '../protocol/permissions.ts'
import { badProperty } from '../protocol/refusal.ts'
import { leadsToAppRoles } from './app-role-assignment-type.ts'
import { asDirectory } from './as-directory.ts'
import { insufficient, isSelf, nowOf, ofUser, refuseOverAdministrators, required, userOf } from './asking.ts'
import { asHeld } from './held.ts'
import { inOrderOfNames } from './in-order.ts'
import { leadsToManager } from './manager-of.ts'
import { leadsToMemberships } from './memberships.ts'
import { createUsers, deleteUsers, inviteUsers, ownProfile, readUsers, revokeSessions, writeUsers } from './permissions.ts'
import { userType } from './user-type.ts'

export const users: Collection<User> = {
  type: { ...userType, navigations: () => ({ ...leadsToMemberships<User>(), ...leadsToManager(), ...leadsToAppRoles<User>() }) },
  context: 'users',
  source: inOrderOfNames('users', userType, { orders: ['displayName', 'userPrincipalName'], keys: ['id', 'userPrincipalName', 'mail', 'displayName'] }),
  ...asDirectory,
}

/** Users: listed, read, made, invited, changed, deleted, and signed out of everything. */
export const userEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/users', permissions: readUsers, answer: (asked) => answerList(users, asked) },
  { method: 'GET', path: '/users/$count', permissions: readUsers, answer: (asked) => answerCount(users, asked) },
  { method: 'POST', path: '/users', permissions: createUsers, answer: create },
  { method: 'POST', path: '/invitations', permissions: inviteUsers, answer: invite },
  ...ofUser({ method: 'GET', suffix: '', own: ownProfile, others: readUsers, answer: (asked, user) => answerOne(user, users, asked) }),
  ...ofUser({ method: 'PATCH', suffix: '', own: ['User.ReadWrite'], others: writeUsers, answer: change }),
  ...ofUser({ method: 'DELETE', suffix: '', own: null, others: deleteUsers, answer: remove }),
  ...ofUser({ method: 'POST', suffix: '/revokeSignInSessions', own: ['User.ReadWrite'], others: revokeSessions, answer: revoke }),
  ...ofUser({ method: 'POST', suffix: '/changePassword', own: ['User.ReadWrite'], others: { delegated: [], application: [] }, answer: changeOwnPassword }),
]

async function create(asked: Asked): Promise<Answer> {
  const body = await asked.body()
  const members = asHeld(readWritten(body, userType).members, userInFile)
  for (const property of ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName']) required(members[property], property, 'User')
  const userPrincipalName = String(members.userPrincipalName)
  const { directory } = asked.tenant
  const isFederated = directory.domainOf(userPrincipalName)?.authenticationType === 'Federated'
  if (!isFederated) required((members.passwordProfile as Profile)?.password, 'passwordProfile', 'User')
  const profile = await withPassword(members, userPrincipalName, asked)
  const id = crypto.randomUUID()
  await asked.directory.put('users', { ...members, ...profile, id, userPrincipalName, createdDateTime: nowOf(asked) } as unknown as User)

  return made(asked, id)
}

type Profile = { readonly password?: string | null; readonly forceChangePasswordNextSignIn?: boolean; readonly forceChangePasswordNextSignInWithMfa?: boolean } | null | undefined

/** What a `passwordProfile` means for the user: the password kept as a hash, and whether it has to be changed. */
async function withPassword(members: Readonly<Record<string, unknown>>, userPrincipalName: string, asked: Asked): Promise<Partial<User>> {
  const profile = members.passwordProfile as Profile
  if (!profile) return { passwordProfile: undefined }
  const { password, forceChangePasswordNextSignIn, forceChangePasswordNextSignInWithMfa } = profile
  const said = {
    ...(forceChangePasswordNextSignIn === undefined ? {} : { forceChangePasswordNextSignIn }),
    ...(forceChangePasswordNextSignInWithMfa ? { forceChangePasswordNextSignIn: true, forceChangePasswordNextSignInWithMfa } : {}),
  }
  if (typeof password !== 'string') return { passwordProfile: undefined, ...said }
  const isStrongAsked = !/DisableStrongPassword/i.test(String(members.passwordPolicies ?? ''))
  if (isStrongAsked && isWeakPassword(password, userPrincipalName)) throw weak()

  return { passwordProfile: undefined, passwordHash: await hashPassword(password), lastPasswordChangeDateTime: nowOf(asked), forceChangePasswordNextSignIn: false, ...said }
}

const weak = () => badProperty('passwordProfile', 'The specified password does not comply with password complexity requirements. Please provide a different password: 8 to 256 characters of three kinds (capitals, small letters, digits, signs), without the name of the user.')

function made(asked: Asked, id: string): Answer {
  const user = userOf(asked, id)

  return created(asked, id, entityBody(user, users, asked))
}

/** What users may change of themselves; the rest is for administrators. */
const ownProperties: ReadonlySet<string> = new Set([
  'aboutMe', 'birthday', 'businessPhones', 'hireDate', 'interests', 'mobilePhone', 'mySite', 'otherMails', 'pastProjects', 'preferredLanguage', 'preferredName', 'responsibilities', 'schools', 'skills',
])

/** What decides who gets in. */
const sensitive: ReadonlySet<string> = new Set(['accountEnabled', 'passwordProfile', 'passwordPolicies', 'userPrincipalName', 'otherMails', 'mobilePhone', 'businessPhones'])

async function change(asked: Asked, { id }: User): Promise<Answer> {
  const { directory } = asked.tenant
  const members = asHeld(readWritten(await asked.body(), userType).members, userInFile)
  const before = userOf(asked, id)
  if (isSelf(asked, before) && !hasRole(id, writeUsers.roles ?? [], directory)) {
    const refused = Object.keys(members).find((name) => !ownProperties.has(name))
    if (refused !== undefined) throw insufficient(`Users may not change their own ${refused}; an administrator can.`)
  }
  if (Object.keys(members).some((name) => sensitive.has(name))) refuseOverAdministrators(asked, before)
  const userPrincipalName = String(members.userPrincipalName ?? before.userPrincipalName)
  const profile = await withPassword({ passwordPolicies: before.passwordPolicies, ...members }, userPrincipalName, asked)
  await asked.directory.put('users', { ...userOf(asked, id), ...notCleared(members), ...profile })

  return changed(asked, () => entityBody(userOf(asked, id), users, asked))
}

/** A user has a name and is enabled or not, whatever else is cleared. */
function notCleared(members: Readonly<Record<string, unknown>>): Partial<User> {
  for (const property of ['displayName', 'userPrincipalName', 'accountEnabled', 'userType']) if (property in members) required(members[property], property, 'User')

  return members as Partial<User>
}

async function remove(asked: Asked, user: User): Promise<Answer> {
  const { id } = user
  refuseOverAdministrators(asked, user)
  await asked.directory.remove('users', id, { deletedDateTime: nowOf(asked) })

  return {}
}

async function revoke(asked: Asked, { id }: User): Promise<Answer> {
  await asked.directory.put('users', { ...userOf(asked, id), signInSessionsValidFromDateTime: nowOf(asked) })

  return {}
}

/** A user changes the password and says the old one, as on the page. */
async function changeOwnPassword(asked: Asked, user: User): Promise<Answer> {
  const { currentPassword, newPassword } = await asked.body()
  const current = String(required(currentPassword, 'currentPassword', 'User'))
  const wanted = String(required(newPassword, 'newPassword', 'User'))
  const done = await changePassword(asked.tenant, user, null, current, wanted)
  if ('refusal' in done) throw done.refusal.code === 120_000 ? badProperty('currentPassword', 'The specified current password is not right.') : weak()

  return {}
}

/** A guest, who is one from now on and has yet to accept. */
async function invite(asked: Asked): Promise<Answer> {
  const body = await asked.body()
  const address = String(required(body.invitedUserEmailAddress, 'invitedUserEmailAddress', 'Invitation'))
  const redirectUrl = String(required(body.inviteRedirectUrl, 'inviteRedirectUrl', 'Invitation'))
  if (!/^[^@\s#]+@[^@\s#]+$/.test(address)) throw badProperty('invitedUserEmailAddress', 'The invited user\'s email address is invalid.')
  const { tenant } = asked
  const name = body.invitedUserDisplayName ?? address.split('@')[0]
  const userPrincipalName = `${address.replace('@', '_')}#EXT#@${tenant.domain}`
  const known = tenant.directory.user(userPrincipalName)
  const id = known?.id ?? crypto.randomUUID()
  const homeTenantId = known?.homeTenantId ?? crypto.randomUUID()
  if (!known) {
    await asked.directory.put('users', {
      id, userPrincipalName, homeTenantId, displayName: String(name), mail: address, otherMails: [address], userType: body.invitedUserType === 'Member' ? 'Member' : 'Guest',
      externalType: body.invitedUserType === 'Member' ? 'b2bCollaborationMember' : 'b2bCollaborationGuest', externalUserState: 'PendingAcceptance', creationType: 'Invitation', createdDateTime: nowOf(asked),
    } as unknown as User)
  }
  const invitation = {
    id: crypto.randomUUID(), inviteRedeemUrl: redirectUrl, invitedUserDisplayName: name, invitedUserEmailAddress: address, invitedUserType: body.invitedUserType ?? 'Guest',
    inviteRedirectUrl: redirectUrl, sendInvitationMessage: body.sendInvitationMessage ?? false, status: 'PendingAcceptance', invitedUser: { id },
  }

  return created(asked, invitation.id, { '@odata.context': `${asked.root}/$metadata#invitations/$entity`, ...invitation })
}
