/** `node src/main.ts COMMAND`: keeps what Node makes of these files from start to start, then does what the command says (`command-line.ts`). */
import module from 'node:module';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../.cache/compile');
const { status } = module.enableCompileCache(folder);
// Threads look for it there. Where the folder cannot be written, all is made anew at each start.
if (status === module.constants.compileCacheStatus.ENABLED) process.env.NODE_COMPILE_CACHE = folder;

const { run } = await import('./command-line.ts');
await run(process.argv.slice(2));
