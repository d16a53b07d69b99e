/** A package of a NuGet feed (https://learn.microsoft.com/nuget/api/overview), with its hash. */
import { z } from 'zod'
import { ErratumError } from '../../src-main/errors.ts'
import type { RemoteFile } from './download.ts'
import { downloadJson } from './download.ts'
import { onward } from './request.ts'

const feedSchema = z.object({
  resources: z.array(z.object({ '@id': z.string(), '@type': z.string() }))
})
const leafSchema = z.object({ packageContent: z.string(), catalogEntry: z.string() })
const entrySchema = z.object({ packageHash: z.string(), packageHashAlgorithm: z.literal('SHA512') })

/** Finds a version of a package. Throws `cannot-download`. */
export async function nugetPackage(
  index: string,
  { name, version }: { name: string; version: string }
): Promise<RemoteFile> {
  const { resources } = await document(feedSchema, index)
  const registrations = resources.find(
    (resource) => resource['@type'] === 'RegistrationsBaseUrl/3.6.0'
  )
  if (!registrations) throw strange(index)
  const base = onward(index, registrations['@id']).replace(/\/?$/, '/')
  const at = `${base}${name.toLowerCase()}/${version}.json`
  const leaf = await document(leafSchema, at)
  const { packageHash } = await document(entrySchema, onward(at, leaf.catalogEntry))
  return {
    name: `${name}.${version}.nupkg`.toLowerCase(),
    url: onward(at, leaf.packageContent),
    hash: { algorithm: 'sha512', digest: Buffer.from(packageHash, 'base64').toString('hex') }
  }
}

async function document<Schema extends z.ZodType>(
  schema: Schema,
  url: string
): Promise<z.infer<Schema>> {
  const { data } = schema.safeParse(await downloadJson(url))
  if (data === undefined) throw strange(url)
  return data
}

function strange(url: string): ErratumError {
  return new ErratumError(
    'cannot-download',
    `${url} does not say what a NuGet feed says there. The feed may have changed: update Erratum.`
  )
}
