import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { ErratumError } from '../../src-main/errors.ts'
import { explainWriteError, writableOrExplain } from '../../src-main/files/write-errors.ts'

const systemError = (code: string, errno = -1): Error =>
  Object.assign(new Error(`${code}: some text of the system`), { code, errno })

describe('explainWriteError', () => {
  it.each([
    [systemError('ENOSPC'), /^\/data\/x could not be written: the disk is full\. Free some space/],
    [systemError('EACCES'), /not allowed\. Give yourself the right/],
    [systemError('EPERM'), /not permitted\. Give yourself the right/],
    [systemError('EROFS'), /read-only\. Choose a folder on another disk/],
    [systemError('Unknown system error -122', -constants.errno.EDQUOT), /quota .* is used up/]
  ])('names the path, the reason and the remedy: %s', (error, message) => {
    const explained = explainWriteError('/data/x', error)
    expect(explained).toBeInstanceOf(ErratumError)
    expect(explained).toMatchObject({
      code: 'cannot-write',
      message: expect.stringMatching(message)
    })
    expect((explained as ErratumError).cause).toBe(error)
  })

  it('leaves every other error as it is', () => {
    const own = new ErratumError('cancelled', 'Cancelled.')
    const defect = new TypeError('x is not a function')
    for (const error of [own, defect, 'text']) expect(explainWriteError('/x', error)).toBe(error)
  })
})

it.skipIf(!existsSync('/dev/full'))('explains a full disk as the system reports it', async () => {
  const writing = writableOrExplain('/dev/full', () => writeFile('/dev/full', 'x'))
  await expect(writing).rejects.toMatchObject({ code: 'cannot-write' })
})
