/** An instant as the pages say it: `2026-01-01 08:00 UTC`. */
export const instant = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** `1 minute`, `12 minutes` */
export const minutes = (milliseconds: number) => {
  const count = Math.max(1, Math.ceil(milliseconds / 60_000))

  return `${count} minute${count === 1 ? '' : 's'}`
}
