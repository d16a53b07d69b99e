#!/usr/bin/env node
// The command line from a checkout: TypeScript is read as it stands, nothing is built first.
import '../src-main/jobs/register-tsx.mjs'

await import('../src-main/cli.ts')
