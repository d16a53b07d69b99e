/** Where a desktop window stood when it was last closed, which is where the next one opens. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { toEnvelope } from '../../errors.ts'
import { Stored } from '../../service/stored.ts'

const placeSchema = z.object({
  /** null: wherever the system puts it. */
  at: z.object({ x: z.number(), y: z.number() }).nullable(),
  width: z.number().min(400),
  height: z.number().min(300),
  maximized: z.boolean()
})

export type WindowPlace = z.infer<typeof placeSchema>

export interface Area {
  x: number
  y: number
  width: number
  height: number
}

const usualPlace: WindowPlace = { at: null, width: 1280, height: 800, maximized: false }

/** Remembers a place in a file; one that cannot be kept is told of, and no window fails for it. */
export class WindowPlaces {
  readonly #stored: Stored<WindowPlace>
  #saving: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#stored = new Stored<WindowPlace>(path, placeSchema, usualPlace)
  }

  get last(): WindowPlace {
    return this.#stored.value
  }

  note(place: WindowPlace): void {
    // A window that closes as the application ends stands where it did: nobody waits for it then.
    if (isDeepStrictEqual(place, this.last)) return
    this.#saving = this.#stored
      .set(place)
      .catch((error: unknown) => console.error(toEnvelope(error).message))
  }

  /** Waits for what was noted. */
  saved(): Promise<void> {
    return this.#saving
  }
}

/** The place, or the usual one where no screen shows that part any more. */
export function visiblePlace(place: WindowPlace, screens: readonly Area[]): WindowPlace {
  if (!place.at) return place
  const { x, y } = place.at
  const { width } = place
  const isSeen = screens.some(
    (area) =>
      x + width > area.x + 50 &&
      x < area.x + area.width - 50 &&
      y >= area.y &&
      y < area.y + area.height - 50
  )
  return isSeen ? place : { ...place, at: null }
}
