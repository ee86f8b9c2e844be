/** Forms as browsers and mail programs send them. */
import type { FastifyRequest } from 'fastify';

/** The fields of a body that is a form; empty for any other. A body of several parts yields those without a file name. */
export function readForm(request: FastifyRequest): URLSearchParams {
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '';
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(body);
  return type.startsWith('multipart/form-data') ? readParts(body) : new URLSearchParams();
}

/** RFC 8058 allows a mail program this form too. */
function readParts(body: string): URLSearchParams {
  const fields = new URLSearchParams();
  const parts = body.matchAll(
    /content-disposition:\s*form-data;\s*name="([^"\r\n]{1,100})"\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]*)\r?\n--/gi,
  );
  for (const [, name = '', value = ''] of parts) fields.append(name, value);
  return fields;
}
