/** The views but for the first one, each loaded when it is gone to: a window opens in half the time. */
export const views = {
  newProject: () => import('./NewProject.svelte'),
  settings: () => import('./Settings.svelte'),
  data: () => import('./Data.svelte'),
  model: () => import('./Model.svelte'),
  mistakes: () => import('./Mistakes.svelte'),
  bench: () => import('./Bench.svelte'),
  runs: () => import('./Runs.svelte'),
  export: () => import('./Export.svelte')
} as const

/** Loads all of them once the window has nothing else to do, so that none is waited for. */
export function fetchAll(): void {
  requestIdleCallback(() => {
    for (const load of Object.values(views)) void load()
  })
}
