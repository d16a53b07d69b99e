/** Takes a project's lock, says so, and holds it until the process ends; started by lock.test.ts. */
import { lockProject } from '../../src-main/project/lock.ts'

await lockProject(process.argv[2]!)
console.log('held')
setInterval(() => undefined, 1000)
