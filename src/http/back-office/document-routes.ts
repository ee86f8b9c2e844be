/** The documentation this product carries, as Markdown: guides in both languages and the wire reference. Nothing in it is secret. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { DocumentList } from '#contract/installation.ts';
import { type DeskApp, sendNotFound } from './desk.ts';

const folders = ['guides', 'wire'] as const;

interface Document {
  readonly name: string;
  readonly language: string;
  readonly title: string;
  readonly text: string;
}

/** Read once: what is served is what the program started with, and no name of a caller ever reaches the disk. */
export async function documentRoutes(app: DeskApp, folder: string): Promise<void> {
  const documents = await readDocuments(folder);
  const list: DocumentList = {
    documents: [...Map.groupBy(documents, ({ name }) => name)].map(([name, found]) => ({
      name,
      languages: found.map(({ language }) => language),
      titles: Object.fromEntries(found.map(({ language, title }) => [language, title])),
    })),
  };

  app.get('/api/documents', { schema: { response: { 200: DocumentList } } }, () => list);

  app.get(
    '/api/documents/:folder/:name',
    {
      schema: {
        params: Type.Object({ folder: Type.String({ maxLength: 40 }), name: Type.String({ maxLength: 100 }) }),
        querystring: Type.Object({ lang: Type.Optional(Type.String({ maxLength: 2 })) }),
      },
    },
    (request, reply) => {
      const name = `${request.params.folder}/${request.params.name}`;
      const found = documents.filter((document) => document.name === name);
      const document = found.find(({ language }) => language === request.query.lang) ?? found[0];
      if (document === undefined) return sendNotFound(reply);
      return reply
        .type('text/markdown; charset=utf-8')
        .header('content-language', document.language)
        .send(document.text);
    },
  );
}

/** `<name>.<language>.md`; without a language, English. */
async function readDocuments(folder: string): Promise<Document[]> {
  const documents: Document[] = [];
  for (const place of folders) {
    const files = await readdir(join(folder, place)).catch(() => []);
    for (const file of files.sort()) {
      const match = /^([a-z0-9-]+)(?:\.(fr|en))?\.md$/.exec(file);
      if (match?.[1] === undefined || match[1] === 'readme') continue;
      const text = await readFile(join(folder, place, file), 'utf8');
      const title = (/^# (.+)$/m.exec(text)?.[1] ?? match[1]).replaceAll('`', '');
      documents.push({ name: `${place}/${match[1]}`, language: match[2] ?? 'en', title, text });
    }
  }
  return documents;
}
