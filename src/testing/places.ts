/** Places by name; those of the shipped Contoso unless a test says others. */
export const shippedPlaces: Places = {
  office: '198.51.100.7',
  cafe: '203.0.113.9',
  café: '203.0.113.9',
  abroad: '198.18.0.5',
}

export type Places = Readonly<Record<string, string>>

/** The address of a place, or what is an address already. */
export function addressOf(from: string, places: Places = shippedPlaces): string {
  const address = places[from] ?? (/[.:]/.test(from) ? from : undefined)
  if (address === undefined) throw new Error(`No place is called "${from}". The places are ${Object.keys(places).join(', ')}; an IP address will do as well.`)

  return address
}
