/** Paths outside any tenant. */
export const rootPaths = { deviceLogin: '/devicelogin', errorLookup: '/error' } as const
