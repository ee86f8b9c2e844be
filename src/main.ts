/** The command line: `node src/main.ts all`, `web`, `worker`, `migrate` or `sign-in-link`. */
import { existsSync } from 'node:fs';
import { StartFault } from '#store/start-fault.ts';
import { type Config, readConfig } from './config.ts';
import { type Context, openContext } from './context.ts';
import { makeSignInLink } from './first-start.ts';
import { openLog } from './log.ts';
import { type Program, type Role, startProgram } from './program.ts';

const usage = 'Usage: node src/main.ts all, web, worker, migrate or sign-in-link.';

await main(process.argv.slice(2)).catch(fail);

async function main(words: readonly string[]): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const [command = 'all'] = words;
  const config = readConfig(process.env);
  switch (command) {
    case 'all':
    case 'web':
    case 'worker':
      return runProgram(config, command);
    case 'migrate':
      return withContext(config, async () => say('The database is ready for this release.'));
    case 'sign-in-link':
      return withContext(config, async (context) => {
        const link = await makeSignInLink(context, true);
        if (link === null) throw new StartFault('There is nobody to sign in yet: start the program first.');
        say(`${config.publicUrl ?? `http://localhost:${config.port}`}${link}`);
      });
    default:
      throw new StartFault(usage);
  }
}

async function withContext(config: Config, work: (context: Context) => Promise<void>): Promise<void> {
  const context = await openContext(config, openLog(config.logLevel));
  await work(context).finally(() => context.close());
}

async function runProgram(config: Config, role: Role): Promise<void> {
  const log = openLog(config.logLevel);
  const starting = startProgram(config, log, role);
  stopOnSignal(starting);
  const program = await starting;
  say(welcome(program));
}

/** The first signal stops in order, also in the middle of a start; a second one ends at once. */
function stopOnSignal(starting: Promise<Program>): void {
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(130);
    asked = true;
    starting
      .then((program) => program.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function welcome(program: Program): string {
  if (program.publicUrl === null) return 'Spread Tracker worker is running.';
  const lines = ['', 'Spread Tracker is running.', '', `  Back office   ${program.publicUrl}/`];
  if (program.demoUrl !== null) lines.push(`  Demo shop     ${program.demoUrl}`);
  if (program.signInLink !== null) lines.push(`  Sign in once  ${program.signInLink}`);
  return [...lines, ''].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One sentence for what the operator can mend; the rest is ours, with its stack. */
function fail(error: unknown): void {
  const text = error instanceof StartFault ? error.message : `Spread Tracker failed: ${describe(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
