/** What a page finds before its own modules are loaded: a database, and the line to the core. */
import 'fake-indexeddb/auto'
import { bridge } from './core.ts'

window.erratum = bridge
// A browser has these; a page of a test is always idle.
window.requestIdleCallback = (call) =>
  Number(setTimeout(() => call({ didTimeout: false, timeRemaining: () => 50 })))
window.cancelIdleCallback = (turn) => clearTimeout(turn)
