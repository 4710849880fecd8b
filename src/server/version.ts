import packageFile from '../../package.json' with { type: 'json' }

/** What `GET /_mock` and `--version` say. */
export const version: string = packageFile.version
