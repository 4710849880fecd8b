declare module 'passport-azure-ad' {
  type Done = (error: unknown, user: object) => void
  export class BearerStrategy {
    constructor(options: Readonly<Record<string, unknown>>, verify: (claims: unknown, done: Done) => void)
    authenticate(request: unknown, options: object): void
  }
}
