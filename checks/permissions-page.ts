/** docs/permissions.md, made from the table that every route asks. */
import { may, permissionNames, permissions, roles } from '../src/contract/permissions.ts';
import { routePermissions } from '../src/http/back-office/route-permissions.ts';

export function renderPermissions(): string {
  const heads = ['permission', ...roles, 'opens'];
  const rows = permissionNames.map((name) => [
    `\`${name}\``,
    ...roles.map((role) => (may(role, name) ? 'yes' : '')),
    permissions[name].opens,
  ]);
  const routes = Object.entries(routePermissions).map(([route, name]) => [`\`${route}\``, `\`${name}\``]);
  return `# Who may do what

Made from \`src/contract/permissions.ts\` and \`src/http/back-office/route-permissions.ts\`: change them there, then run
\`npm run generate\`. The server asks this table before it reads a request; screens ask it to leave out what would be refused.

${table(heads, rows)}

## Routes

Below \`/api/shops/:shopId\`. A shop one has no role in answers 404 to everything.

${table(['route', 'permission'], routes)}
`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
