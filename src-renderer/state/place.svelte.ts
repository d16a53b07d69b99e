/** Where the user is: the address after #, so that back, forward and reload work. */

export const projectViews = ['data', 'model', 'mistakes', 'bench', 'runs', 'export'] as const
export type ProjectView = (typeof projectViews)[number]

export type Place =
  | { view: 'start' }
  | { view: 'new' }
  | { view: 'settings' }
  /** `detail` names the example of a bench, or the run. */
  | { view: ProjectView; project: string; detail: string | null }

function parse(hash: string): Place {
  const [first, project, view, detail] = hash.replace(/^#\/?/, '').split('/').map(decoded)
  if (first === 'new' || first === 'settings') return { view: first }
  const known = projectViews.find((each) => each === view)
  if (first === 'project' && project && known) {
    return { view: known, project, detail: detail || null }
  }
  return { view: 'start' }
}

/** A part of an address; one that was typed wrongly names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** The address of a place, for links. */
export function addressOf(place: Place): string {
  if (place.view === 'start') return '#/'
  if (place.view === 'new' || place.view === 'settings') return `#/${place.view}`
  const { view, project, detail } = place
  return `#/project/${project}/${view}${detail === null ? '' : `/${encodeURIComponent(detail)}`}`
}

class Location {
  current = $state.raw<Place>(parse(location.hash))

  constructor() {
    addEventListener('hashchange', () => (this.current = parse(location.hash)))
  }

  go(place: Place): void {
    location.hash = addressOf(place)
  }

  /** Goes there without a step in the history. */
  replace(place: Place): void {
    location.replace(addressOf(place))
  }
}

export const place = new Location()
