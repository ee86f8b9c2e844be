/** What the checks read: the project's files, as git knows them and as they lie there. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Paths from the root, also of files not committed yet; nothing that git ignores. */
export function listFiles(...patterns: string[]): string[] {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const files = execFileSync('git', words, { cwd: root, encoding: 'utf8' }).split('\n');
  return [...new Set(files)].filter((path) => path !== '' && existsSync(join(root, path))).sort();
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Line comments and block comments blanked, so that words about a thing are not taken for it. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, (text) => text.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '$1');
}
