/** The command line: `node src/main.ts all`, `web`, `worker`, `migrate`, `sign-in-link`, `backup`, `restore`, `export`, `import`, `replay` or `replay-spool`. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { applyTools } from '#apply/items.ts';
import { type ReplayOptions, replay } from '#apply/replay.ts';
import { shopId } from '#domain/ids.ts';
import { replaySpoolFile } from '#intake/spool-replay.ts';
import { openClient } from '#store/db.ts';
import { findInstanceValue } from '#store/instance.ts';
import { StartFault } from '#store/start-fault.ts';
import { makeBackup, restoreBackup } from './backup.ts';
import { type Config, reachedAt, readConfig } from './config.ts';
import { type Context, openContext } from './context.ts';
import { waitForDatabase } from './database-wait.ts';
import { exportUsage, readExportWords, runExport } from './export-command.ts';
import { makeSignInLink } from './first-start.ts';
import { importFile, importUsage, readImportWords } from './import-command.ts';
import { openLog } from './log.ts';
import { type Program, startProgram } from './program.ts';
import { startBoth } from './worker-thread.ts';

const usage = `Usage: node src/main.ts all, web, worker, migrate, sign-in-link, backup [FILE], restore FILE, export FILE --shop 1 --kind orders, import FILE --shop 1 --kind orders, replay --shop 1 --from 2026-01-31 --to 2026-02-01, or replay-spool FILE….`;

/** Ends the process with what it has to say when it cannot go on. */
export async function run(words: readonly string[]): Promise<void> {
  await main(words).catch(fail);
}

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
        say(`${reachedAt(config)}${link}`);
      });
    case 'backup':
      return makeBackup(config, words[1] ?? null, say);
    case 'restore': {
      const file = words[1];
      if (file === undefined) throw new StartFault(usage);
      return restoreBackup(config, openLog(config.logLevel), file, say);
    }
    case 'export': {
      if (words.includes('--help')) return say(exportUsage);
      const wanted = readExportWords(words.slice(1));
      return withContext(config, async (context) => {
        say(await runExport(context, wanted, (line) => process.stderr.write(`${line}\n`)));
      });
    }
    case 'import': {
      if (words.includes('--help')) return say(importUsage);
      const wanted = readImportWords(words.slice(1));
      return withContext(config, async (context) => {
        process.exitCode = await importFile(context, wanted, say);
      });
    }
    case 'replay': {
      const range = readRange(words.slice(1));
      return withContext(config, async (context) => {
        const client = openClient(context.url, { pipeline: true });
        await client.connect();
        const { seen, used } = await replay(client, applyTools(context.keys), {
          ...range,
          shards: context.shards,
        }).finally(() => client.end());
        say(`Decided ${seen} items again; ${used} of them can be used now.`);
      });
    }
    case 'replay-spool': {
      const files = words.slice(1);
      if (files.length === 0) throw new StartFault(usage);
      return withContext(config, (context) => replaySpool(context, files));
    }
    default:
      throw new StartFault(usage);
  }
}

/** Files of this database's spool only: ids of another one's calls mean others here. */
async function replaySpool(context: Context, files: readonly string[]): Promise<void> {
  const database = String(await findInstanceValue(context.pool, 'id'));
  for (const file of files) {
    const path = resolve(file);
    if (!existsSync(path)) throw new StartFault(`There is no file ${file}.`);
    if (basename(dirname(path)) !== database) {
      throw new StartFault(`${file} is of another database's spool: this one's folder is called ${database}.`);
    }
    const done = await replaySpoolFile(context.pool, path);
    if (done === null) throw new StartFault(`${file} is no file of a spool.`);
    const unread = done.unread === 0 ? '' : ` ${done.unread} bytes at its end cannot be read.`;
    say(
      `${file}: ${done.calls} calls handed in, ${done.known} were there already.${unread} It is called ${basename(done.path)} now.`,
    );
  }
}

/** No `--shop`: every shop. */
function readRange(words: readonly string[]): Omit<ReplayOptions, 'shards'> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: [...words], options: { shop: text, from: text, to: text } });
    const range = {
      shop: values.shop === undefined ? null : shopId(Number(values.shop)),
      from: Date.parse(values.from ?? ''),
      to: Date.parse(values.to ?? ''),
    };
    if ((range.shop === null || Number.isInteger(range.shop)) && range.from < range.to) return range;
  } catch {
    // An option we do not know: the same sentence.
  }
  throw new StartFault(usage);
}

async function withContext(config: Config, work: (context: Context) => Promise<void>): Promise<void> {
  const context = await openContext(config, openLog(config.logLevel));
  await work(context).finally(() => context.close());
}

async function runProgram(config: Config, command: 'all' | 'web' | 'worker'): Promise<void> {
  const log = openLog(config.logLevel);
  await waitForDatabase(config, log, command !== 'worker');
  const broken = (error: Error): void => void starting.then((program) => program.stop()).finally(() => fail(error));
  const starting = command === 'all' ? startBoth(config, log, broken) : startProgram(config, log, command);
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
