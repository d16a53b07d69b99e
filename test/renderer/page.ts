/** What a page finds before its own modules are loaded: a database, and the line to the core. */
import 'fake-indexeddb/auto'
import { bridge } from './core.ts'

window.erratum = bridge
