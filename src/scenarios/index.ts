/**
 * Sign-ins told in a file, each with what must come of it. They are decided by what decides every sign-in, in a tenant
 * made of the same parts, without a server.
 */
export { loadScenarios, type LoadedScenarios } from './load.ts'
export { reporters, type FileReport } from './reporters.ts'
export { askWhatIf, type WhatIfPart, type WhatIfTold } from './what-if.ts'
export { tell, type Failure, type Told } from './told.ts'
