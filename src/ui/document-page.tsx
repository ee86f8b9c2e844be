import { Anchor, Paper } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link, useParams } from '@tanstack/react-router';
import { api, useShopQuery } from './api.ts';
import { Guide, guideShop } from './guide.tsx';
import { useDocuments, useInstallation } from './installation-api.ts';
import { Loading, PageError } from './page-state.tsx';
import { useLanguage, useText } from './text.ts';

/** One document, filled in for the shop. */
export function DocumentPage() {
  const say = useText();
  const language = useLanguage();
  const { shopId, folder = '', name = '' } = useParams({ strict: false });
  const shop = Number(shopId);
  const page = useShopQuery(['tracker'], shop, api.tracker);
  const installation = useInstallation(shop);
  const documents = useDocuments();
  const full = `${folder}/${name}`;
  const known = documents.data?.documents.find((one) => one.name === full);
  const title = known?.titles[language] ?? Object.values(known?.titles ?? {})[0] ?? say('docs.title');
  useDocumentTitle(`${title} · ${say('app.name')}`);
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  if (installation.isError) return <PageError error={installation.error} onRetry={() => void installation.refetch()} />;
  if (page.isPending || installation.isPending) return <Loading />;
  return (
    <>
      <Anchor
        size="sm"
        mb="sm"
        display="inline-block"
        renderRoot={(props) => (
          <Link {...props} to="/shops/$shopId/tracker" params={{ shopId: String(shop) }} hash="docs" />
        )}
      >
        ← {say('docs.back')}
      </Anchor>
      <Paper component="article" withBorder p={{ base: 'md', sm: 'xl' }} data-testid="document">
        <Guide name={full} shop={guideShop(page.data, installation.data.testKey)} top={1} />
      </Paper>
    </>
  );
}
