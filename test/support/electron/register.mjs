// Lets the built main process find the stand-in where it imports `electron`.
import { register } from 'node:module'

register(new URL('./resolve.mjs', import.meta.url))
