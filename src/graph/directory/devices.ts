import { device as deviceInFile } from '../../directory/file/schema-people.ts'
import type { Device } from '../../directory/types.ts'
import { answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, noSuchObject } from '../protocol/refusal.ts'
import { asDirectory } from './as-directory.ts'
import { nowOf, ofUser, referredIn, required, userAskedOrMe } from './asking.ts'
import { deviceType } from './device-type.ts'
import { asHeld } from './held.ts'
import { inOrderOfNames } from './in-order.ts'
import { leadsToMemberships } from './memberships.ts'
import { objectsEndpoints, readingObjects } from './objects-list.ts'
import { kindOf, principalById } from './objects.ts'
import { ownProfile, readDevices, writeDevices } from './permissions.ts'

const devices: Collection<Device> = {
  type: { ...deviceType, navigations: leadsToMemberships<Device> },
  context: 'devices',
  source: inOrderOfNames('devices', deviceType, { orders: ['displayName'], keys: ['id', 'deviceId', 'displayName'] }),
  ...asDirectory,
}

const paths = ['/devices/{id}', '/devices/deviceId={deviceId}']

/** Devices: listed, read, registered, changed, removed; whose they are. */
export const deviceEndpoints: readonly Endpoint[] = [
  ...reading('/devices', devices, readDevices),
  { method: 'POST', path: '/devices', permissions: writeDevices, answer: create },
  ...paths.flatMap((path): readonly Endpoint[] => [
    { method: 'GET', path, permissions: readDevices, answer: (asked) => answerOne(deviceAsked(asked), devices, asked) },
    { method: 'PATCH', path, permissions: writeDevices, answer: change },
    { method: 'DELETE', path, permissions: writeDevices, answer: remove },
    ...(['registeredOwners', 'registeredUsers'] as const).flatMap((list): readonly Endpoint[] => [
      ...objectsEndpoints(`${path}/${list}`, readDevices, (asked) => deviceAsked(asked).registeredOwners.flatMap((id) => principalById(asked.tenant.directory, id) ?? [])),
      { method: 'POST', path: `${path}/${list}/$ref`, permissions: writeDevices, status: 204, answer: addOwner },
      { method: 'DELETE', path: `${path}/${list}/{other}/$ref`, permissions: writeDevices, answer: removeOwner },
    ]),
  ]),
  ...['ownedDevices', 'registeredDevices'].flatMap((list) => (
    readingObjects((asked) => asked.tenant.directory.found('devices', 'registeredOwners', userAskedOrMe(asked).id))
      .flatMap(({ suffix, answer }) => ofUser({ method: 'GET', suffix: `/${list}${suffix}`, own: ownProfile, others: readDevices, answer }))
  )),
]

function deviceAsked({ tenant, names: { id, deviceId = '' } }: Asked): Device {
  const device = id === undefined ? tenant.directory.found('devices', 'deviceId', deviceId.toLowerCase())[0] : tenant.directory.get('devices', id)
  if (!device) throw noSuchObject(id ?? deviceId)

  return device
}

/** Fifteen attributes are written together and kept one by one. */
function asKept({ extensionAttributes, ...members }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return asHeld({ ...members, ...(extensionAttributes as object | null | undefined) }, deviceInFile)
}

async function create(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), deviceType)
  for (const property of ['displayName', 'deviceId', 'operatingSystem', 'operatingSystemVersion', 'accountEnabled']) required(members[property], property, 'Device')
  const id = crypto.randomUUID()
  const now = nowOf(asked)
  await asked.directory.put('devices', { ...asKept(members), id, registrationDateTime: now, createdDateTime: now } as unknown as Device)

  return created(asked, id, entityBody(asked.tenant.directory.get('devices', id) as Device, devices, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), deviceType)
  const before = deviceAsked(asked)
  if ('displayName' in members) required(members.displayName, 'displayName', 'Device')
  await asked.directory.put('devices', { ...before, ...asKept(members) })

  return changed(asked, () => entityBody(asked.tenant.directory.get('devices', before.id) as Device, devices, asked))
}

async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.remove('devices', deviceAsked(asked).id)

  return {}
}

async function addOwner(asked: Asked): Promise<Answer> {
  const object = await referredIn(asked)
  if (kindOf(object) !== 'user') throw badProperty('@odata.id', 'A device belongs to a user.')
  const device = deviceAsked(asked)
  await asked.directory.put('devices', { ...device, registeredOwners: [...device.registeredOwners, object.id] })

  return {}
}

async function removeOwner(asked: Asked): Promise<Answer> {
  const device = deviceAsked(asked)
  const id = asked.names.other?.toLowerCase() ?? ''
  if (!device.registeredOwners.includes(id)) throw noSuchObject(id)
  await asked.directory.put('devices', { ...device, registeredOwners: device.registeredOwners.filter((owner) => owner !== id) })

  return {}
}
