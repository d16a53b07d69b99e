/** Answers the contract (src-preload/contract), a line a call. */
import { initTRPC } from '@trpc/server'
import { availableParallelism } from 'node:os'
import { ZodError } from 'zod'
import type { z } from 'zod'
import type { Call } from '../../src-preload/contract/call.ts'
import { contract } from '../../src-preload/contract/contract.ts'
import type { ErrorEnvelope } from '../errors.ts'
import { toEnvelope } from '../errors.ts'
import { explainForBench, startCurve, startFix, textsForBench } from '../service/bench.ts'
import {
  measureStability,
  mistakeTable,
  mistakeTexts,
  searchMistakes
} from '../service/mistakes.ts'
import { listDevices } from '../service/device-views.ts'
import { expectProject, modelInfo, startTraining } from '../service/model.ts'
import { startModelExport } from '../service/model-export.ts'
import { expectModel, inspectFolder, listModels } from '../service/models.ts'
import {
  addProject,
  createProjectJob,
  deleteProject,
  inspectFile,
  listProjects,
  openDemo,
  openProjectView
} from '../service/projects.ts'
import { readRows } from '../service/rows.ts'
import {
  annotateRun,
  combineRuns,
  deleteRun,
  getRun,
  listRuns,
  restoreRun,
  startExport,
  startProof
} from '../service/runs.ts'
import type { Service } from '../service/service.ts'
import { version } from '../version.ts'

const t = initTRPC.context<{ service: Service }>().create({
  /** An error arrives as its code and its sentence. */
  errorFormatter: ({ shape, error }) => {
    const { code, message } = envelopeOf(error.cause ?? error)
    return { ...shape, message, data: { ...shape.data, erratum: code } }
  }
})

function envelopeOf(error: unknown): ErrorEnvelope {
  if (!(error instanceof ZodError)) return toEnvelope(error)
  const [issue] = error.issues
  const where = issue?.path.join('.') ?? ''
  return { code: 'bad-argument', message: `${where ? `${where}: ` : ''}${issue?.message ?? ''}` }
}

/** A procedure with the schemas of a row of the contract. */
const on = <Input extends z.ZodType, Output extends z.ZodType>({
  input,
  output
}: Call<Input, Output>) => t.procedure.input(input).output(output)

const { application, jobs, projects, models, model, mistakes, bench, runs } = contract

export const router = t.router({
  application: t.router({
    info: on(application.info).query(({ ctx: { service } }) => ({
      version,
      host: service.shell.host,
      hasDialogs: service.shell.hasDialogs,
      cores: availableParallelism(),
      dataFolder: service.dataFolder,
      settings: service.settings.value
    })),
    change: on(application.change).mutation(async ({ ctx: { service }, input }) => {
      const given = Object.entries(input).filter(([, value]) => value !== undefined)
      await service.settings.set({ ...service.settings.value, ...Object.fromEntries(given) })
      return service.settings.value
    }),
    devices: on(application.devices).query(({ ctx, input, signal }) =>
      listDevices(ctx.service, input, signal)
    ),
    pickFile: on(application.pickFile).mutation(({ ctx }) => pick(ctx.service, 'file')),
    pickFolder: on(application.pickFolder).mutation(({ ctx }) => pick(ctx.service, 'folder')),
    reveal: on(application.reveal).mutation(({ ctx: { service }, input }) =>
      service.shell.reveal(service.picked.path(input.token))
    )
  }),
  jobs: t.router({
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.service.jobs.watch(signal)),
    cancel: on(jobs.cancel).mutation(({ ctx, input }) => ctx.service.jobs.cancel(input.job)),
    resume: on(jobs.resume).mutation(({ ctx, input }) => ctx.service.jobs.resume(input.job)),
    dismiss: on(jobs.dismiss).mutation(({ ctx, input }) => ctx.service.jobs.dismiss(input.job))
  }),
  projects: t.router({
    list: on(projects.list).query(({ ctx }) => listProjects(ctx.service)),
    open: on(projects.open).query(({ ctx, input }) => openProjectView(ctx.service, input.project)),
    demo: on(projects.demo).mutation(({ ctx }) => openDemo(ctx.service)),
    add: on(projects.add).mutation(({ ctx: { service }, input }) =>
      addProject(service, service.picked.path(input.folder))
    ),
    forget: on(projects.forget).mutation(({ ctx, input }) =>
      ctx.service.known.forget(input.project)
    ),
    recall: on(projects.recall).mutation(({ ctx, input }) =>
      ctx.service.known.recall(input.project)
    ),
    delete: on(projects.delete).mutation(({ ctx, input }) =>
      deleteProject(ctx.service, input.project)
    ),
    inspect: on(projects.inspect).query(({ ctx: { service }, input }) =>
      inspectFile(service, service.picked.path(input.file))
    ),
    create: on(projects.create).mutation(({ ctx, input }) => ({
      job: createProjectJob(ctx.service, input)
    })),
    rows: on(projects.rows).query(({ ctx, input, signal }) => readRows(ctx.service, input, signal))
  }),
  models: t.router({
    list: on(models.list).query(({ ctx }) => listModels(ctx.service)),
    inspect: on(models.inspect).query(({ ctx, input, signal }) =>
      inspectFolder(ctx.service, input, signal)
    ),
    expect: on(models.expect).query(({ ctx, input, signal }) =>
      expectModel(ctx.service, input, signal)
    )
  }),
  model: t.router({
    info: on(model.info).query(({ ctx, input }) => modelInfo(ctx.service, input.project)),
    expect: on(model.expect).query(({ ctx, input, signal }) =>
      expectProject(ctx.service, input.project, signal)
    ),
    train: on(model.train).mutation(({ ctx, input }) => ({
      job: startTraining(ctx.service, input)
    })),
    export: on(model.export).mutation(({ ctx, input }) => ({
      job: startModelExport(ctx.service, input)
    }))
  }),
  mistakes: t.router({
    table: on(mistakes.table).query(({ ctx, input }) => mistakeTable(ctx.service, input)),
    texts: on(mistakes.texts).query(({ ctx, input }) => mistakeTexts(ctx.service, input)),
    search: on(mistakes.search).query(({ ctx, input, signal }) =>
      searchMistakes(ctx.service, input, signal)
    ),
    measureStability: on(mistakes.measureStability).mutation(({ ctx, input }) => ({
      job: measureStability(ctx.service, input)
    }))
  }),
  bench: t.router({
    explain: on(bench.explain).query(({ ctx, input, signal }) =>
      explainForBench(ctx.service, input, signal)
    ),
    texts: on(bench.texts).query(({ ctx, input }) => textsForBench(ctx.service, input)),
    fix: on(bench.fix).mutation(({ ctx, input }) => ({ job: startFix(ctx.service, input) })),
    curve: on(bench.curve).mutation(({ ctx, input }) => ({ job: startCurve(ctx.service, input) }))
  }),
  runs: t.router({
    list: on(runs.list).query(({ ctx, input }) => listRuns(ctx.service, input)),
    get: on(runs.get).query(({ ctx, input }) => getRun(ctx.service, input)),
    delete: on(runs.delete).mutation(({ ctx, input }) => deleteRun(ctx.service, input)),
    annotate: on(runs.annotate).mutation(({ ctx, input }) => annotateRun(ctx.service, input)),
    restore: on(runs.restore).mutation(({ ctx, input }) => restoreRun(ctx.service, input)),
    combine: on(runs.combine).query(({ ctx, input }) => combineRuns(ctx.service, input)),
    prove: on(runs.prove).mutation(({ ctx, input }) => ({ job: startProof(ctx.service, input) })),
    export: on(runs.export).mutation(({ ctx, input }) => ({ job: startExport(ctx.service, input) }))
  })
})

export type Router = typeof router

async function pick({ shell, picked }: Service, what: 'file' | 'folder') {
  const path = await shell.pick(what)
  return path === null ? null : picked.issue(path)
}
