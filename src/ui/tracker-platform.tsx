import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Installation } from '#contract/installation.ts';
import { type Platform, platforms } from '#contract/platform.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { SendTest } from './check-list.tsx';
import { Guide, guideShop } from './guide.tsx';
import { installationApi } from './installation-api.ts';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { platformLook } from './platform-look.ts';
import { useText } from './text.ts';

/** Tiles; the chosen one opens its guide, and the shop remembers it. */
export function PlatformSection({ page, installation }: { page: TrackerPage; installation: Installation }) {
  const say = useText();
  const queries = useQueryClient();
  const kept = platforms.find((one) => one === installation.platform) ?? null;
  const [changing, setChanging] = useState(false);
  const choose = useMutation({
    mutationFn: (platform: Platform) => installationApi.choosePlatform(page.shop.id, { platform }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['shop', page.shop.id, 'installation'] }),
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const chosen = choose.isPending ? choose.variables : kept;
  const open = chosen === null || changing;
  // What was pressed is gone then: who goes by keyboard stands on what took its place.
  const place = useRef<HTMLButtonElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) place.current?.focus();
    moved.current = false;
  }, [open]);
  return (
    <Section id="install" title={say('install.platform.title')} help={say('install.platform.help')}>
      {open ? (
        <div className="tiles" data-testid="platform-tiles">
          {platforms.map((platform) => (
            <button
              key={platform}
              type="button"
              className="tile"
              aria-pressed={chosen === platform}
              ref={chosen === platform ? place : undefined}
              onClick={() => {
                moved.current = true;
                setChanging(false);
                choose.mutate(platform);
              }}
              data-testid={`platform-${platform}`}
            >
              <Mark platform={platform} />
              <span>{nameOf(platform)}</span>
            </button>
          ))}
        </div>
      ) : (
        <Group justify="space-between" className="chosen" data-testid="platform-chosen" data-platform={chosen}>
          <Group gap="sm" wrap="nowrap">
            <Mark platform={chosen} />
            <div>
              <Text size="xs" c="dimmed">
                {say('install.platform.chosen')}
              </Text>
              <Text fw={600}>{nameOf(chosen)}</Text>
            </div>
          </Group>
          <Button
            ref={place}
            variant="default"
            size="xs"
            onClick={() => {
              moved.current = true;
              setChanging(true);
            }}
            data-testid="platform-change"
          >
            {say('install.platform.change')}
          </Button>
        </Group>
      )}
      {chosen === null ? null : (
        <>
          <section
            className="guide"
            aria-label={say('install.platform.guideOf', { platform: nameOf(chosen) })}
            data-testid="guide"
            data-platform={chosen}
          >
            <Guide name={`guides/${chosen}`} shop={guideShop(page, installation.testKey)} top={3} />
          </section>
          <div className="test-now">
            <div className="wide">
              <Text fw={600}>{say('install.platform.testNow')}</Text>
              <Text size="sm" c="dimmed">
                {say('install.platform.testHelp')}
              </Text>
            </div>
            <SendTest
              within={['shop', page.shop.id, 'installation']}
              testKey={installation.testKey}
              kind="order"
              filled
            />
          </div>
        </>
      )}
    </Section>
  );

  function nameOf(platform: Platform): string {
    return platform === 'other' ? say('install.platform.other') : platformLook[platform].name;
  }
}

/** Two letters on the platform's colour: no logo to load, and none of somebody else's marks. */
function Mark({ platform }: { platform: Platform }) {
  return (
    <span className="mark" data-platform={platform} aria-hidden="true">
      {platformLook[platform].letters}
    </span>
  );
}
