import { Alert, Button, FileButton, Group, Anchor as LinkText, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Anchor, LedgerFault } from '#contract/proof.ts';
import { gdprApi, useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { GdprNav } from './gdpr-nav.tsx';
import { errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText } from './text.ts';

interface Check {
  readonly running: boolean;
  readonly checked: number;
  readonly evidenceErased: number;
  readonly forgotten: number;
  readonly faults: readonly LedgerFault[];
  readonly anchors: number;
  readonly error: string | null;
}

const started: Check = {
  running: true,
  checked: 0,
  evidenceErased: 0,
  forgotten: 0,
  faults: [],
  anchors: 0,
  error: null,
};

/** The shop's chain of proof: how long it is, whether it stands, and its anchors. */
export function LedgerPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const ledger = useShopQuery(['ledger'], shop, gdprApi.ledger);
  const format = useFormat('UTC');
  const [check, setCheck] = useState<Check | null>(null);
  if (ledger.isPending) return <Loading />;
  if (ledger.isError) return <PageError error={ledger.error} onRetry={() => void ledger.refetch()} />;
  const { n, hash, anchors } = ledger.data;

  const verify = async (anchor?: Anchor): Promise<void> => {
    let sum: Check = { ...started, anchors: anchors.length + (anchor === undefined ? 0 : 1) };
    setCheck(sum);
    try {
      for (let after: number | null = 0; after !== null; ) {
        const slice = await gdprApi.verify(shop, { after, ...(anchor === undefined ? {} : { anchor }) });
        sum = {
          ...sum,
          checked: sum.checked + slice.checked,
          evidenceErased: sum.evidenceErased + slice.evidenceErased,
          forgotten: sum.forgotten + slice.forgotten,
          faults: [...sum.faults, ...slice.faults],
        };
        setCheck(sum);
        after = slice.next;
      }
      setCheck({ ...sum, running: false });
    } catch (error) {
      setCheck({ ...sum, running: false, error: errorText(say, error) });
    }
  };
  const compare = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const anchor = anchorOf(await file.text());
    if (anchor === null) setCheck({ ...started, running: false, error: say('ledger.compareWrong') });
    else await verify(anchor);
  };

  return (
    <>
      <PageTitle title={say('gdpr.title')} lead={say('gdpr.lead')} />
      <GdprNav shop={shop} />
      <Stack gap="lg">
        <Section id="ledger" title={say('gdpr.ledger')} help={say('ledger.help')}>
          <Text size="sm" data-testid="ledger-length" data-n={n}>
            {say('ledger.length', { count: n })}
          </Text>
          <Text size="xs" c="dimmed" mt={4} className="mono">
            {say('ledger.head')} <br /> {hash}
          </Text>
          <Group mt="md">
            <Button loading={check?.running ?? false} onClick={() => void verify()} data-testid="ledger-verify">
              {say('ledger.verify')}
            </Button>
            <FileButton accept="application/json" onChange={(file) => void compare(file)}>
              {(props) => (
                <Button {...props} variant="default" data-testid="ledger-compare">
                  {say('ledger.compare')}
                </Button>
              )}
            </FileButton>
          </Group>
          {check === null ? null : <Result check={check} />}
        </Section>
        <Section id="anchors" title={say('ledger.anchors')} help={say('ledger.anchorsHelp')}>
          {anchors.length === 0 ? (
            <Text size="sm" c="dimmed">
              {say('ledger.noAnchors')}
            </Text>
          ) : (
            anchors.map((anchor) => (
              <Text key={anchor.at} size="sm">
                {say('ledger.anchor', { n: anchor.n, date: format.dateTime(Date.parse(anchor.at)) })}
              </Text>
            ))
          )}
          <LinkText href={`/api/shops/${shop}/ledger/anchor`} download size="sm" data-testid="ledger-anchor">
            {say('ledger.download')}
          </LinkText>
        </Section>
      </Stack>
    </>
  );
}

function Result({ check }: { check: Check }) {
  const say = useText();
  if (check.error !== null)
    return (
      <Alert color="red" role="alert" mt="md">
        {check.error}
      </Alert>
    );
  if (check.running) return <Text mt="md">{say('ledger.verifying', { count: check.checked })}</Text>;
  const isSound = check.faults.length === 0;
  return (
    <Alert color={isSound ? 'teal' : 'red'} role="status" mt="md" data-testid="ledger-result" data-sound={isSound}>
      <Text size="sm" fw={600}>
        {isSound ? say('ledger.sound', { count: check.checked, anchors: check.anchors }) : say('ledger.broken')}
      </Text>
      {check.faults.slice(0, 50).map((fault) => (
        <Text key={`${fault.n} ${fault.what}`} size="sm">
          {say(`ledger.fault.${fault.what}`, { n: fault.n })}
        </Text>
      ))}
      {check.evidenceErased === 0 ? null : (
        <Text size="sm">{say('ledger.erased', { count: check.evidenceErased })}</Text>
      )}
      {check.forgotten === 0 ? null : <Text size="sm">{say('ledger.forgotten', { count: check.forgotten })}</Text>}
    </Alert>
  );
}

/** The server judges the signature; here only whether it is one at all. */
function anchorOf(text: string): Anchor | null {
  try {
    const value: Partial<Anchor> = JSON.parse(text);
    const { shop, n, hash, at, signature } = value;
    return typeof shop === 'number' && typeof n === 'number' && hash && at && signature
      ? { shop, n, hash, at, signature }
      : null;
  } catch {
    return null;
  }
}
