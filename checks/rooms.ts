/** The walls: what each room of src/ may import. ARCHITECTURE.md prints the same table; each room's tsconfig.json holds it. */
export interface Room {
  /** Other rooms whose files it may import. */
  readonly rooms: readonly string[];
  /** Packages, by name. */
  readonly packages: readonly string[];
  /** Whether it may use Node's own modules. */
  readonly node: boolean;
  /** No clock, no randomness, no input or output. */
  readonly pure: boolean;
  /** Where SQL may stand. */
  readonly sql: boolean;
}

export const rooms: Readonly<Record<string, Room>> = {
  domain: { rooms: [], packages: ['libphonenumber-js'], node: false, pure: true, sql: false },
  contract: { rooms: ['domain'], packages: ['@sinclair/typebox'], node: false, pure: true, sql: false },
  wire: { rooms: ['domain', 'contract'], packages: [], node: false, pure: true, sql: false },
  store: {
    rooms: ['domain'],
    packages: ['pg', 'pg-copy-streams', 'kysely', 'better-auth', '@node-rs/argon2', 'otpauth', 'vitest'],
    node: true,
    pure: false,
    sql: true,
  },
  intake: { rooms: ['domain', 'store'], packages: ['pg'], node: true, pure: false, sql: true },
  apply: { rooms: ['domain', 'wire', 'store', 'intake'], packages: ['pg'], node: true, pure: false, sql: true },
  views: {
    rooms: ['domain', 'contract', 'store'],
    packages: ['kysely', 'pg', 'yazl'],
    node: true,
    pure: false,
    sql: true,
  },
  outbound: {
    rooms: ['domain', 'contract', 'store', 'intake'],
    packages: ['pg', 'ssh2'],
    node: true,
    pure: false,
    sql: false,
  },
  mail: { rooms: ['domain', 'contract'], packages: ['nodemailer'], node: true, pure: false, sql: false },
  http: {
    rooms: ['domain', 'wire', 'contract', 'intake', 'views', 'store', 'outbound', 'mail'],
    packages: ['fastify', '@fastify/*', '@sinclair/typebox', 'kysely', 'pg', 'pino', 'prom-client', 'better-auth'],
    node: true,
    pure: false,
    sql: false,
  },
  jobs: {
    rooms: ['domain', 'wire', 'contract', 'intake', 'views', 'store', 'apply', 'outbound', 'mail'],
    packages: ['graphile-worker', 'pg', 'kysely', 'saxes', 'yauzl'],
    node: true,
    pure: false,
    sql: false,
  },
  ui: {
    rooms: ['domain', 'contract'],
    packages: ['react', 'react-dom', 'recharts', 'marked', 'uqr', '@mantine/*', '@tanstack/*'],
    node: false,
    pure: false,
    sql: false,
  },
  tracker: { rooms: ['contract'], packages: [], node: false, pure: false, sql: false },
};
