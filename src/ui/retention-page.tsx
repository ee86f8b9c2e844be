import { Group, Anchor as LinkText, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { instanceRetentionKinds } from '#contract/lists.ts';
import type { RetentionPage as Page, RetentionBody } from '#contract/retention.ts';
import { useShopQuery } from './api.ts';
import { GdprNav } from './gdpr-nav.tsx';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { type ChangedDays, RetentionForm } from './retention-form.tsx';
import { rightsApi } from './rights-api.ts';
import { useSettled } from './settled-notice.ts';
import { useLanguage, useText, useWord } from './text.ts';

/** How long what is kept, what goes tonight, what went last; and the register that follows from it. */
export function RetentionPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const page = useShopQuery(['retention'], shop, rightsApi.retention);
  if (page.isPending) return <Loading />;
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  return (
    <>
      <PageTitle title={say('gdpr.title')} lead={say('gdpr.lead')} />
      <GdprNav shop={shop} />
      <Stack gap="lg">
        <Periods shop={shop} page={page.data} />
        <Installation days={page.data.installation} />
        <Papers shop={shop} />
      </Stack>
    </>
  );
}

function Periods({ shop, page }: { shop: number; page: Page }) {
  const say = useText();
  const [changed, setChanged] = useState<ChangedDays>({});
  const asked = Object.keys(changed).length > 0;
  const preview = useQuery({
    queryKey: ['shop', shop, 'retention', 'preview', changed],
    queryFn: () => rightsApi.previewRetention(shop, changed as RetentionBody),
    enabled: asked,
  });
  const save = useSettled(shop, (body: RetentionBody) => rightsApi.saveRetention(shop, body));
  return (
    <Section id="retention" title={say('retention.title')} help={say('retention.help')}>
      <RetentionForm
        page={page}
        changed={changed}
        preview={asked ? preview.data : undefined}
        invalid={preview.isError}
        saving={save.isPending}
        onChange={setChanged}
        onSave={() => save.mutate(changed as RetentionBody, { onSuccess: () => setChanged({}) })}
      />
    </Section>
  );
}

function Installation({ days }: { days: Page['installation'] }) {
  const say = useText();
  const word = useWord();
  return (
    <Section id="installation" title={say('retention.installation')} help={say('retention.installationHelp')}>
      {instanceRetentionKinds.map((kind) => (
        <Group key={kind} className="basis-row" justify="space-between" data-testid="retention-fixed" data-kind={kind}>
          <div className="grow">
            <Text size="sm" fw={600}>
              {word('retention.kind', kind)}
            </Text>
            <Text size="xs" c="dimmed">
              {word('retention.about', kind)}
            </Text>
          </div>
          <Text size="sm">{say('retention.days', { count: days[kind] })}</Text>
        </Group>
      ))}
    </Section>
  );
}

function Papers({ shop }: { shop: number }) {
  const say = useText();
  const language = useLanguage();
  const place = `/api/shops/${shop}/register`;
  return (
    <Section id="register" title={say('retention.register')} help={say('retention.registerHelp')}>
      <Group gap="lg">
        <LinkText href={`${place}/register.html?language=${language}`} target="_blank" size="sm" data-testid="register">
          {say('retention.openRegister')}
        </LinkText>
        <LinkText href={`${place}/annex.html?language=${language}`} target="_blank" size="sm" data-testid="annex">
          {say('retention.openAnnex')}
        </LinkText>
        <LinkText href={place} download={`register-${shop}.json`} size="sm" data-testid="register-json">
          {say('retention.json')}
        </LinkText>
      </Group>
    </Section>
  );
}
