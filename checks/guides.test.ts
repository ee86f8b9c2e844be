/** Every platform's guide is there in both languages, names nothing that does not exist, and its code can be read. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { guideValues, trackerSections } from '#contract/guide.ts';
import { platforms } from '#contract/platform.ts';
import { pluginPlatforms } from '#http/back-office/plugin-archive.ts';
import { listFiles, readText } from './files.ts';

const guides = listFiles('docs/guides/*.md').filter((path) => !path.endsWith('/README.md'));
const documents = listFiles('docs/guides/*.md', 'docs/wire/*.md').map((path) =>
  path.replace(/^docs\//, '').replace(/(\.(fr|en))?\.md$/, ''),
);

test('every tile has its guide, and every guide both languages', () => {
  const names = new Set(guides.map((path) => path.replace(/^docs\/guides\//, '').replace(/\.(fr|en)\.md$/, '')));
  expect(platforms.filter((platform) => !names.has(platform))).toEqual([]);
  const wanted = [...names].flatMap((name) => ['en', 'fr'].map((language) => `docs/guides/${name}.${language}.md`));
  expect(guides).toEqual(wanted.sort());
});

test.each(guides)('%s names values, sections and documents that exist', (path) => {
  const text = readText(path);
  const values = [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '');
  expect(values.filter((name) => !guideValues.some((known) => known === name))).toEqual([]);
  const links = [...withoutCode(text).matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
  expect(links.filter((link) => !leads(link))).toEqual([]);
  expect(text).toMatch(/^# \S/);
});

test.each(guides.filter((path) => path.endsWith('.fr.md')))(
  '%s has the headings and the code of its English twin',
  (path) => {
    const [french, english] = [readText(path), readText(path.replace('.fr.md', '.en.md'))];
    const levels = (text: string) => [...withoutCode(text).matchAll(/^(#+) /gm)].map((match) => match[1]);
    expect(levels(french)).toEqual(levels(english));
    // Words within the code may differ, its lines do not.
    const shape = (text: string) => codeOf(text).map(({ language, code }) => [language, code.split('\n').length]);
    expect(shape(french)).toEqual(shape(english));
  },
);

test('the PHP of the guides is PHP', () => {
  const faults = guides.flatMap((path) =>
    codeOf(readText(path))
      .filter(({ language }) => language === 'php')
      .flatMap(({ code }) => {
        const found = spawnSync('php', ['-l'], { input: programOf(code), encoding: 'utf8' });
        return found.status === 0 ? [] : [`${path}: ${found.stdout.trim()}`];
      }),
  );
  expect(faults).toEqual([]);
});

function leads(link: string): boolean {
  const setting = /^setting:(\w+)$/.exec(link)?.[1];
  if (setting !== undefined) return trackerSections.some((section) => section === setting);
  const plugin = /^plugin:(\w+)$/.exec(link)?.[1];
  if (plugin !== undefined) return pluginPlatforms.some((platform) => platform === plugin);
  const document = /^(?:(guides|wire)\/)?([a-z0-9-]+)\.md$/.exec(link);
  if (document !== null) return documents.includes(`${document[1] ?? 'guides'}/${document[2]}`);
  return link === 'verification:' || link.startsWith('https://');
}

function codeOf(text: string): { language: string; code: string }[] {
  return [...text.matchAll(/```(\w*)[^\n]*\n([\s\S]*?)```/g)].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
  }));
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
}

/** A method stands in a class, and everything in a file. */
function programOf(code: string): string {
  const filled = code.replaceAll('{{snippet}}', '<b></b>');
  if (filled.startsWith('<?php')) return filled;
  return /^public /.test(filled) ? `<?php\nclass Shop {\n${filled}\n}` : `<?php\n${filled}`;
}
