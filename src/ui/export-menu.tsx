import { Button, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { exportFormats } from '#contract/export-kinds.ts';
import type { ExportFilter } from '#contract/exports.ts';
import { useAskExport, useExportScope } from './export-api.ts';
import { Icon } from './icons.tsx';
import { useText } from './text.ts';

/** Takes away what a list shows, in the format of one's choice; nothing for those whose role takes no such file. */
export function ExportMenu({ shop, asked }: { shop: number; asked: ExportFilter }) {
  const say = useText();
  const scope = useExportScope(shop);
  const ask = useAskExport(shop);
  if (scope(asked.kind) === null) return null;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          loading={ask.isPending}
          aria-label={say('exports.askLabel')}
          data-testid="export-open"
        >
          {say('exports.ask')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {exportFormats.map((format) => (
          <Menu.Item key={format} onClick={() => ask.mutate({ asked, format })} data-testid={`export-${format}`}>
            {say(`exports.format.${format}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          renderRoot={(props) => <Link {...props} to="/shops/$shopId/exports" params={{ shopId: String(shop) }} />}
        >
          {say('exports.seeAll')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
