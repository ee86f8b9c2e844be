import { Button, Stack, Switch, Text } from '@mantine/core';
import type { Installation } from '#contract/installation.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { useFormat } from './format.ts';
import { Callout, Section } from './pieces.tsx';
import { useChangeSettings } from './settled-notice.ts';
import { useText } from './text.ts';

/** The browser's door: once a server sends orders, the page proposes to close it and shows what came twice (rules §6.3). */
export function BrowserSection({ page, installation }: { page: TrackerPage; installation: Installation }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const change = useChangeSettings(page.shop.id);
  const { closeBrowser } = installation;
  return (
    <Section id="browser" title={say('tracker.browser.title')}>
      <Stack gap="md">
        {closeBrowser === null ? null : (
          <Callout title={say('close.title')} testId="close-browser">
            <Text size="sm">{say('close.sentence')}</Text>
            {closeBrowser.twins.length === 0 ? null : (
              <>
                <Text size="sm">{say('close.twins', { count: closeBrowser.twins.length })}</Text>
                <ul className="twins">
                  {closeBrowser.twins.map(({ orders, totalMinor, currency }) => (
                    <li key={orders.map(({ id }) => id).join(' ')} data-testid="twin">
                      {say('close.twin', {
                        amount: format.money(totalMinor, currency),
                        browser: orders.find(({ server }) => !server)?.key ?? '',
                        server: orders.find(({ server }) => server)?.key ?? '',
                      })}
                    </li>
                  ))}
                </ul>
              </>
            )}
            <Button
              size="xs"
              variant="default"
              loading={change.isPending}
              onClick={() => change.mutate({ browserWrites: false })}
            >
              {say('close.action')}
            </Button>
          </Callout>
        )}
        <Switch
          checked={change.isPending ? (change.variables.browserWrites ?? true) : page.settings.browserWrites}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ browserWrites: event.currentTarget.checked })}
          label={say('tracker.browser.label')}
          description={say('tracker.browser.help')}
          data-testid="setting-browser-writes"
        />
      </Stack>
    </Section>
  );
}
