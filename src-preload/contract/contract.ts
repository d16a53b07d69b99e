/**
 * Everything that a window may ask of the core, and what comes back: one table. The router
 * (src-main/ipc/router.ts) answers it, a row a call; the window's types are derived from it.
 */
import { applicationContract } from './application.ts'
import { benchContract } from './bench.ts'
import { jobsContract } from './jobs.ts'
import { mistakesContract, modelContract } from './model.ts'
import { projectsContract } from './projects.ts'
import { modelsContract } from './models.ts'
import { runsContract } from './runs.ts'

export const contract = {
  application: applicationContract,
  jobs: jobsContract,
  projects: projectsContract,
  models: modelsContract,
  model: modelContract,
  mistakes: mistakesContract,
  bench: benchContract,
  runs: runsContract
} as const
