/** One thing that was looked at. */
export type Finding = {
  readonly check: 'node' | 'running' | 'issuer' | 'certificate' | 'clock' | 'data'
  readonly isOk: boolean
  readonly says: string
  /** What to do about it, where it is not. */
  readonly advice?: string
}
type Check = Finding['check']

export const ok = (check: Check, says: string): Finding => ({ check, isOk: true, says })
export const notOk = (check: Check, says: string, advice: string): Finding => ({ check, isOk: false, says, advice })
