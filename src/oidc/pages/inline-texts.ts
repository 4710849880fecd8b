import type { Refusal } from '../../sign-in/refusal.ts'

/** What a page says beside the input a refusal concerns (reference 8.3). */
const texts: Readonly<Record<number, string>> = {
  50034: "We couldn't find an account with that user name.",
  50053: 'Your account is temporarily locked to prevent unauthorized use. Try again later, and if you still have trouble, contact your admin.',
  50055: 'Your password has expired. Choose a new one to go on.',
  50056: 'This account has no password to sign in with.',
  50057: 'Your account has been locked. Contact your support person to unlock it, then try again.',
  50126: 'Your account or password is incorrect.',
  53010: 'This account has as many authenticators as it may have. Remove one first.',
  120000: 'That is not your current password.',
  120002: 'Choose another password: 8 to 256 characters, of at least three kinds (small, capital, digit, other), and not the one you had.',
  120003: 'A password must not contain your user name.',
  120012: 'The password of this account is kept by another organisation. Change it there.',
  500121: "That code didn't work. Check the code in your app and try again.",
}

export function inlineText(refusal: Refusal): string {
  const text = refusal.values?.text

  return typeof text === 'string' ? text : (texts[refusal.code] ?? 'That did not work. Please try again.')
}
