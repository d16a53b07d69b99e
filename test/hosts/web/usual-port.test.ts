import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { startOnUsualPort } from '../../../src-main/hosts/web/usual-port.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-port-'))
const file = join(folder, 'port.json')
const servers = new Set<Server>()

async function listen(port: number) {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  servers.add(server)
  return { port: (server.address() as AddressInfo).port, server }
}

const end = async (server: Server) => {
  servers.delete(server)
  await new Promise((resolve) => server.close(resolve))
}

afterEach(async () => {
  for (const server of servers) await end(server)
  rmSync(folder, { recursive: true, force: true })
})

const start = (wanted?: number) => startOnUsualPort(listen, { file, wanted })

it('is that of the last start', async () => {
  const first = await start()
  await end(first.server)
  expect((await start()).port).toBe(first.port)
})

it('is another while that is taken, and the same again after that', async () => {
  const first = await start()
  const second = await start()
  expect(second.port).not.toBe(first.port)
  await end(first.server)
  await end(second.server)
  expect((await start()).port).toBe(first.port)
})

it('is the one that is wanted, or none', async () => {
  const { port } = await start()
  await expect(start(port)).rejects.toMatchObject({
    code: 'bad-argument',
    message: `Port ${port} cannot be used: another program has it, or it is the system's. Give another (--port), or none.`
  })
})
