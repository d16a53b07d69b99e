/** Help that lies over the views: the keys, and the tour of the first start. */
import { markSeen, wasSeen } from '../db/kept.ts'

const tourName = 'tour'

class Help {
  open = $state(false)
  touring = $state(false)

  constructor() {
    void wasSeen(tourName).then((seen) => (this.touring = !seen))
  }

  startTour(): void {
    this.open = false
    this.touring = true
  }

  /** Ends the tour; it does not come back by itself. */
  endTour(): void {
    this.touring = false
    void markSeen(tourName)
  }
}

export const help = new Help()
