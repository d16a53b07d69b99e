import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pageHeaders } from '../../src-main/hosts/page-policy.ts'
import { root } from '../../src-main/installation.ts'

const directives = new Map(
  pageHeaders['Content-Security-Policy'].split('; ').map((directive) => {
    const [name, ...sources] = directive.split(' ')
    return [name!, sources]
  })
)

describe('the page’s policy', () => {
  it('allows nothing that it does not name', () => {
    expect(directives.get('default-src')).toEqual(["'none'"])
    for (const name of ['base-uri', 'form-action', 'frame-ancestors']) {
      // These do not fall back on the default.
      expect(directives.get(name), name).toEqual(["'none'"])
    }
    for (const name of ['object-src', 'frame-src', 'child-src', 'worker-src']) {
      expect(directives.get(name), name).toBeUndefined()
    }
  })

  it('takes scripts from the page’s own files only', () => {
    expect(directives.get('script-src')).toEqual(["'self'"])
  })

  it('names no other origin, and no wildcard', () => {
    const own = ["'self'", "'none'", "'unsafe-inline'", 'data:', 'blob:']
    for (const [name, sources] of directives) {
      for (const source of sources) expect(own, `${name} ${source}`).toContain(source)
    }
    const inline = [...directives].filter(([, sources]) => sources.includes("'unsafe-inline'"))
    expect(inline.map(([name]) => name)).toEqual(['style-src'])
  })

  it('is one that the page keeps to: no inline script or handler', () => {
    const html = readFileSync(join(root, 'src-renderer', 'index.html'), 'utf8')
    const scripts = html.match(/<script[^>]*>[^<]*/g) ?? []
    expect(scripts.length).toBeGreaterThan(0)
    for (const script of scripts) expect(script).toMatch(/ src="[^"]+"[^>]*>\s*$/)
    expect(html).not.toMatch(/ on\w+=/)
  })
})
