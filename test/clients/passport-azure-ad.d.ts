declare module 'passport-azure-ad' {
  type Done = (error: unknown, user: object | false) => void
  export class BearerStrategy {
    constructor(options: Readonly<Record<string, unknown>>, verify: (claims: unknown, done: Done) => void)
    authenticate(request: unknown, options: object): void
  }
  type Profile = { displayName: string; oid: string }
  export class OIDCStrategy {
    constructor(options: Readonly<Record<string, unknown>>, verify: (profile: Profile, done: Done) => void)
    authenticate(request: unknown, options: object): void
  }
}
