import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium, { inflate } from '@sparticuz/chromium'

export type Unpacked = {
  readonly executablePath: string
  /** Fonts come along too, so that a machine without any shows text, and all show the same. */
  readonly fontsFile: string
  /** For machines that lack the few system libraries Chromium wants. */
  readonly libraries: string
}

const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
const cache = join(dirname(dirname(packageFolder)), '.cache')

/** Unpacks the browser once per install. Whoever comes while it is being unpacked finds it whole or not at all. */
export async function unpackChromium(): Promise<Unpacked> {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
  const folder = join(cache, `chromium-${version}`)
  if (!existsSync(folder)) await unpackInto(folder)

  return {
    executablePath: join(folder, 'chromium'),
    fontsFile: join(folder, 'fonts.conf'),
    libraries: join(folder, 'al2023', 'lib'),
  }
}

async function unpackInto(folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  const { TMPDIR } = process.env
  // The library unpacks into the folder for temporary files, wherever that is when it looks.
  process.env.TMPDIR = draft
  try {
    await chromium.executablePath()
    await inflate(join(packageFolder, 'bin', 'al2023.tar.br'))
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
  await writeFile(join(draft, 'fonts.conf'), fontsConfiguration(folder))
  try {
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true })
    // Somebody else was faster.
    if (!existsSync(folder)) throw error
  }
}

function fontsConfiguration(folder: string): string {
  const prefer = (family: string, ...fonts: string[]) => (
    `<alias><family>${family}</family><prefer>${fonts.map((font) => `<family>${font}</family>`).join('')}</prefer></alias>`
  )

  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  ${prefer('system-ui', 'Open Sans')}
  ${prefer('sans-serif', 'Open Sans')}
  ${prefer('monospace', 'DejaVu Sans Mono', 'Liberation Mono', 'Open Sans')}
</fontconfig>
`
}
