import type { Json } from './ask.ts'

/**
 * What a policy or a named location says, however it is said: without what the service says of it, and with null, empty and
 * missing as one. Written apart from the code it checks.
 */
export function meaningOf(written: Json): Json {
  const { id: _id, createdDateTime: _c, modifiedDateTime: _m, deletedDateTime: _d, partialEnablementStrategy: _p, ...said } = lowerNames(written)
  const { conditions, grantcontrols, sessioncontrols, ...rest } = dropServerWords(said)

  return plain({
    ...rest,
    countrylookupmethod: rest.countriesandregions && (rest.countrylookupmethod ?? 'clientIpAddress'),
    ipranges: rest.ipranges?.map(({ description: _note, ...range }: Json) => range),
    conditions: conditions && { ...conditions, clientapptypes: conditions.clientapptypes ?? ['all'] },
    grantcontrols: grantcontrols && controls(grantcontrols),
    sessioncontrols: sessioncontrols && Object.fromEntries(Object.entries(sessioncontrols as Json).filter(([, control]) => (control as Json)?.isenabled !== false).map(([name, control]) => [name, name === 'signinfrequency' && control ? { ...usualFrequency, ...present(control) } : control])),
  }) ?? {}
}

const usualFrequency = { authenticationtype: 'primaryAndSecondaryAuthentication', frequencyinterval: 'timeBased' }
const present = (members: Json) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))

/** One control alone is neither AND nor OR; a strength is its id. */
function controls({ operator, authenticationstrength, ...lists }: Json): Json {
  const count = [...Object.values(lists).flat(), authenticationstrength].filter(Boolean).length

  return { ...lists, authenticationstrength: authenticationstrength?.id, operator: count > 1 ? operator : undefined }
}

function lowerNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(lowerNames)
  if (typeof value !== 'object' || value === null) return value

  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('#')).map(([name, inside]) => [name.toLowerCase(), lowerNames(inside)]))
}

const serverWords = ['createddatetime', 'modifieddatetime', 'deleteddatetime', 'partialenablementstrategy', 'description', 'templateid', 'times', 'devicestates', 'clients', 'networkaccess', 'globalsecureaccess']

function dropServerWords(value: Json): Json {
  if (Array.isArray(value)) return value.map(dropServerWords)
  if (typeof value !== 'object' || value === null) return value

  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@odata.') && !serverWords.includes(name)).map(([name, inside]) => [name, dropServerWords(inside)]))
}

/** Null, false, empty and missing are nothing; lists and sets of words have no order and no capitals, and one of them is itself. */
function plain(value: Json): Json {
  if (value === null || value === false || value === '' || value === undefined) return undefined
  if (typeof value === 'string') return inOrder(value.toLowerCase().split(/\s*,\s*/))
  if (Array.isArray(value)) return inOrder(value.flatMap(plain))
  if (typeof value !== 'object') return value
  const members = Object.entries(value).flatMap(([name, inside]) => {
    const said = plain(inside as Json)

    return said === undefined ? [] : [[name, said] as const]
  })

  return members.length === 0 ? undefined : Object.fromEntries(members)
}

function inOrder(list: Json[]): Json {
  return list.length > 1 ? list.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)) : list[0]
}
