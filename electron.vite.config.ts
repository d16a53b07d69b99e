import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const at = (path: string) => resolve(import.meta.dirname, path)

/** What the core's thread and the web host read as they start, as far as it is plain JavaScript. */
const bundled = [
  ...['@trpc/server', 'chardet', 'commander', 'hyparquet', 'hyparquet-writer', 'iconv-lite'],
  ...['protobufjs', 'sirv', 'ws', 'zod']
]

export default defineConfig({
  main: {
    build: {
      // Read as one file each, these start in a third of the time that their many files take.
      externalizeDeps: { exclude: bundled },
      rollupOptions: {
        // Threads and processes are started by file, so each is an entry of its own, beside the chunks they share.
        input: {
          index: at('src-main/index.ts'),
          cli: at('src-main/cli.ts'),
          core: at('src-main/ipc/core.ts'),
          probe: at('src-main/executors/probe-entry.ts'),
          worker: at('src-main/pipeline/worker-entry.ts')
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' }
      }
    }
  },
  preload: {
    build: {
      // A sandboxed preload is one CommonJS file.
      externalizeDeps: false,
      isolatedEntries: true,
      rollupOptions: {
        input: { index: at('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: 'src-renderer',
    plugins: [svelte()],
    build: {
      minify: true,
      rollupOptions: { input: { index: at('src-renderer/index.html') } }
    }
  }
})
