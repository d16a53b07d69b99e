import type { BaseRecord } from '../training/base-record.ts'
import { withoutCosts } from '../training/base-record.ts'
import { contentKey } from './content-key.ts'

/** A key of 32 hex digits for a base model: the same for the same training, whatever it cost. */
export function modelKey(base: BaseRecord): string {
  return contentKey(withoutCosts(base))
}
