// Lets a thread import TypeScript. `--import tsx` does so in the main thread only: a worker takes
// this file instead, by `--import` with its full address, so that the working directory is no matter.
import { register } from 'tsx/esm/api'

register()
