/** The OpenAPI document of our own server API: made from the schemas the doors promise, served at `/openapi.json`, kept in docs/openapi.json. */
import type { TSchema } from '@sinclair/typebox';
import { ContactAnswers, ContactQuestion } from './contact.ts';
import { ImportKindSchema, ImportPush } from './imports.ts';
import { IngestAnswer, IngestBody } from './ingest.ts';
import { RightsBody } from './rights.ts';

type Text = Readonly<Record<string, unknown>>;

const json = (schema: TSchema | Text): Text => ({ 'application/json': { schema } });

const Refusal = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'requestId'],
      properties: {
        code: { type: 'string', description: 'Stable; what a program asks.' },
        message: { type: 'string', description: 'What to do, in English.' },
        field: { type: 'string', description: 'The field that is wrong, where one is.' },
        requestId: { type: 'string' },
      },
    },
  },
};

const refused = (description: string): Text => ({ description, content: json(Refusal) });
const later = {
  description: 'Come again: nothing of this call is promised.',
  headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } },
  content: json(Refusal),
};
const keyed = {
  '401': refused('No pair of keys, or a wrong one.'),
  '403': refused('This pair of keys may not do this.'),
  '413': refused('The body is over 2 MB.'),
  '429': later,
  '503': later,
};
const header = (name: string, description: string, schema: Text): Text => ({
  in: 'header',
  name,
  required: false,
  description,
  schema,
});

const parameter = (name: string, required: boolean, description: string, schema: TSchema | Text): Text => ({
  in: 'query',
  name,
  required,
  description,
  schema,
});

/** The whole document, as plain JSON. */
export function openApi(): unknown {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Spread Tracker',
      version: '1',
      description:
        'What a shop’s server sends and asks, behind its pair of keys. SPREAD’s own APIs (v1, v2, v3) are documented by SPREAD.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ keys: [] }],
    paths: {
      '/ingest': {
        post: {
          operationId: 'ingest',
          summary: 'Events of the shop: orders, accounts, opt-ins, carts; one or up to 1,000.',
          description:
            'Answered once every event is committed. The same event id sent again, in any call, is applied once within 35 days. A value that cannot be read is left out and noted; it does not refuse its event.',
          parameters: [
            header('Idempotency-Key', 'A repeat within a day gets the first answer and Idempotent-Replayed: true.', {
              type: 'string',
              minLength: 1,
              maxLength: 255,
              pattern: '^[\\x21-\\x7e]+$',
            }),
            header('Prefer', 'wait=<seconds>, up to 10: each event is answered with what became of it.', {
              type: 'string',
              examples: ['wait=5'],
            }),
          ],
          requestBody: { required: true, content: json(IngestBody) },
          responses: {
            '200': {
              description: 'One result for each event, in their order.',
              headers: {
                'Idempotent-Replayed': { schema: { type: 'string', const: 'true' } },
                'Preference-Applied': { schema: { type: 'string' } },
              },
              content: json(IngestAnswer),
            },
            '400': refused('No body of events (recorded all the same), or an Idempotency-Key with another body.'),
            '409': refused('The first call with this Idempotency-Key is still under way.'),
            ...keyed,
          },
        },
      },
      '/api/imports': {
        put: {
          operationId: 'pushImport',
          summary: 'A file of clients, orders, states or consents, imported without anybody looking at it.',
          description:
            'The body is the file as docs/wire/import.md accepts it, 5 GB at most; a call takes a minute at most, so larger files come in pieces with Content-Range and one Idempotency-Key. The same key with the same file, or without a key the same file, is imported once.',
          parameters: [
            parameter('kind', true, 'What a line of the file is.', ImportKindSchema),
            parameter(
              'template',
              false,
              'Name of settings kept in the back office; without, the header alone must say it all.',
              {
                type: 'string',
              },
            ),
            parameter('fileName', false, 'What the back office shows.', { type: 'string', maxLength: 250 }),
            header('Idempotency-Key', 'A repeat is answered with the import it was; needed for pieces.', {
              type: 'string',
              minLength: 1,
              maxLength: 255,
              pattern: '^[\\x21-\\x7e]+$',
            }),
            header('Content-Range', 'Which bytes of the file the body is; the first piece begins at 0.', {
              type: 'string',
              examples: ['bytes 0-999999/4500000'],
            }),
          ],
          requestBody: {
            required: true,
            content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
          },
          responses: {
            '200': {
              description: 'It came before: the import it was.',
              headers: { 'Idempotent-Replayed': { schema: { type: 'string', const: 'true' } } },
              content: json(ImportPush),
            },
            '202': {
              description: 'It is here, or this piece of it.',
              headers: { Location: { schema: { type: 'string' }, description: 'Where its state is read.' } },
              content: json(ImportPush),
            },
            '400': refused(
              'No such kind or settings, an empty file, or an Idempotency-Key that came with another file.',
            ),
            '409': refused('Another call with this Idempotency-Key is under way, or another piece is next.'),
            ...keyed,
            '413': refused('The file is over 5 GB.'),
          },
        },
      },
      '/api/imports/{id}': {
        get: {
          operationId: 'readImport',
          summary: 'What became of a file.',
          parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string', format: 'uuid' } }],
          responses: {
            '200': { description: 'Its state, and how its lines ended.', content: json(ImportPush) },
            '404': refused('The shop has no such import.'),
            ...keyed,
          },
        },
      },
      '/api/may-contact': {
        post: {
          operationId: 'mayContact',
          summary: 'May these people be contacted on this channel for this purpose, now, and on what ground?',
          requestBody: { required: true, content: json(ContactQuestion) },
          responses: {
            '200': { description: 'Answers in the order of the people.', content: json(ContactAnswers) },
            '400': refused('The body is not as documented.'),
            ...keyed,
          },
        },
      },
      '/api/rights-requests': {
        post: {
          operationId: 'requestRight',
          summary: 'What a person asks about their data, from the shop’s own form.',
          requestBody: { required: true, content: json(RightsBody) },
          responses: {
            '201': {
              description: 'Taken, with its deadline.',
              content: json({
                type: 'object',
                required: ['id', 'dueAt'],
                properties: { id: { type: 'integer' }, dueAt: { type: 'string', format: 'date-time' } },
              }),
            },
            '400': refused('No e-mail address, or a day still to come.'),
            ...keyed,
          },
        },
      },
    },
    components: {
      securitySchemes: {
        keys: { type: 'http', scheme: 'basic', description: 'The public key as name, the private key as password.' },
      },
    },
  };
  return JSON.parse(JSON.stringify(document));
}
