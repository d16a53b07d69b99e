import { TRPCClientError } from '@trpc/client'
import { expect, it } from 'vitest'
import { core, failure } from '../../../src-renderer/host/host.ts'
import { Refusal, answer } from '../core.ts'

it('gives the core’s own code and message', async () => {
  answer('projects', 'list', () => {
    throw new Refusal('disk-full', 'The disk is full.')
  })
  const error = await core.projects.list.query().catch((refused: unknown) => refused)
  expect(failure(error)).toEqual({ code: 'disk-full', message: 'The disk is full.' })
})

it('says that the line broke where the core has not answered', () => {
  const error = TRPCClientError.from(new Event('close') as unknown as Error)
  expect(failure(error).message).toBe(
    'The line to Erratum broke before it had answered. Try again.'
  )
})

it('takes anything else as it is', () => {
  expect(failure(new Error('It is odd.')).message).toBe('It is odd.')
  expect(failure('odd').message).toBe('odd')
})
