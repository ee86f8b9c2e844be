import { Anchor, Paper } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { DeveloperPage } from '#contract/developer.ts';
import { DeveloperDoor } from './developer-door.tsx';
import { Guide, type GuideShop } from './guide.tsx';
import { useText } from './text.ts';

/** One document, filled in for the shop and with the developer's own pair where a server calls. */
export function DeveloperDocumentScreen() {
  const say = useText();
  const { folder = '', name = '' } = useParams({ strict: false });
  return (
    <DeveloperDoor>
      {(page) => (
        <>
          <Anchor size="sm" mb="sm" display="inline-block" renderRoot={(props) => <Link {...props} to="/dev" />}>
            ← {say('developer.docs.back')}
          </Anchor>
          <Paper component="article" withBorder p={{ base: 'md', sm: 'xl' }} data-testid="document">
            <Guide name={`${folder}/${name}`} shop={guideShopOf(page)} top={1} />
          </Paper>
        </>
      )}
    </DeveloperDoor>
  );
}

function guideShopOf({ collectorUrl, publicKey, ownKey, testKey, currency }: DeveloperPage): GuideShop {
  return { base: '/dev', collectorUrl, publicKey, serverKey: ownKey, testKey, currency };
}
