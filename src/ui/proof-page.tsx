import { Badge, Group, Anchor as LinkText, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Proof, ProofChange } from '#contract/proof.ts';
import { gdprApi, useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { Section, StatusBadge, tone } from './pieces.tsx';
import { dotted, useLanguage, useText, useWord } from './text.ts';

/** One basis of one person: since when, by which acts, with what proof. */
export function ProofScreen() {
  const say = useText();
  const language = useLanguage();
  const params = useParams({ strict: false });
  const shop = Number(params.shopId);
  const profile = Number(params.profileId);
  const basis = Number(params.basisId);
  const proof = useShopQuery(['profile', profile, 'proof', basis], shop, (one) => gdprApi.proof(one, profile, basis));
  if (proof.isPending) return <Loading />;
  if (proof.isError) return <PageError error={proof.error} onRetry={() => void proof.refetch()} />;
  const place = `/api/shops/${shop}/profiles/${profile}/bases/${basis}`;
  return (
    <>
      <PageTitle
        title={say('proof.title', { basis: proof.data.basis.name })}
        lead={proof.data.profile.email ?? say('profile.unnamed', { id: profile })}
      />
      <Stack gap="lg">
        <Group gap="md">
          <LinkText
            href={`${place}/receipt?language=${language}`}
            target="_blank"
            rel="noopener"
            data-testid="proof-receipt"
          >
            {say('proof.receipt')}
          </LinkText>
          <LinkText href={`${place}/record`} download data-testid="proof-record">
            {say('proof.record')}
          </LinkText>
          <Link
            to="/shops/$shopId/profiles/$profileId"
            params={{ shopId: String(shop), profileId: String(profile) }}
            className="text-link"
          >
            {say('proof.profile')}
          </Link>
        </Group>
        <Standing proof={proof.data} />
        <Section id="changes" title={say('receipt.changes')}>
          <ul className="timeline">
            {proof.data.changes.map((change) => (
              <Change key={`${change.seq} ${change.n}`} change={change} zone={proof.data.zone} />
            ))}
          </ul>
          {proof.data.more ? (
            <Text size="sm" c="dimmed">
              {say('proof.more', { count: proof.data.changes.length })}
            </Text>
          ) : null}
          {proof.data.changes.length === 0 ? (
            <Text size="sm" c="dimmed">
              {say('profile.noHistory')}
            </Text>
          ) : null}
        </Section>
      </Stack>
    </>
  );
}

function Standing({ proof }: { proof: Proof }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(proof.zone);
  const { basis } = proof;
  return (
    <Section id="standing" title={basis.name} help={basis.description}>
      <dl className="fields">
        <Pair label={say('receipt.status')}>
          <StatusBadge status={proof.status} testId="proof-status" />
        </Pair>
        {proof.since === null ? null : (
          <Pair label={say('receipt.since')}>
            <span data-testid="proof-since">{format.dateTime(proof.since)}</span>
          </Pair>
        )}
        <Pair label={say('basisPage.ground')}>{word('ground', basis.ground)}</Pair>
        <Pair label={say('basisPage.purposes')}>{basis.purposes.map((one) => word('purpose', one)).join(', ')}</Pair>
        <Pair label={say('basisPage.channels')}>{basis.channels.map((one) => word('channel', one)).join(', ')}</Pair>
        <Pair label={say('receipt.subject')}>
          <span className="mono">{proof.profile.subjectKey}</span>
        </Pair>
      </dl>
    </Section>
  );
}

const checkColors = { standing: 'teal', changed: 'red', unchained: 'gray' } as const;

function Change({ change, zone }: { change: ProofChange; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const { evidence } = change;
  const texts = Object.entries(change.texts);
  return (
    <li data-testid="proof-change" data-cause={change.cause} data-check={change.check}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {say('basis.history.entry', { from: word('status', change.from), to: word('status', change.to) })}
        </Text>
        <Badge {...tone(checkColors[change.check])} tt="none">
          {change.chainN === null ? '' : `n° ${change.chainN} · `}
          {say(`receipt.check.${change.check}`)}
        </Badge>
      </Group>
      <dl className="fields">
        <Pair label={say('receipt.act')}>{dotted([word('cause', change.cause), change.by])}</Pair>
        <Pair label={say('receipt.at')}>{format.dateTime(change.at)}</Pair>
        {change.arrivedAt - change.at > 60_000 ? (
          <Pair label={say('receipt.arrived')}>{format.dateTime(change.arrivedAt)}</Pair>
        ) : null}
        <Pair label={say('receipt.source')}>{word('source', change.source.split(':')[0] ?? change.source)}</Pair>
        <Pair label={say('receipt.text', { version: change.textVersion ?? '–' })}>
          {texts.length === 0
            ? say('receipt.noText')
            : texts.map(([code, text]) => (
                <div key={code} lang={code}>
                  {text}
                </div>
              ))}
        </Pair>
        {evidence?.wording === undefined ? null : <Pair label={say('receipt.wording')}>{evidence.wording}</Pair>}
        {evidence?.page === undefined ? null : <Pair label={say('receipt.page')}>{evidence.page}</Pair>}
        {evidence?.form === undefined ? null : <Pair label={say('receipt.form')}>{evidence.form}</Pair>}
        {evidence?.ip === undefined ? null : <Pair label={say('receipt.ip')}>{evidence.ip}</Pair>}
        {evidence?.agent === undefined ? null : <Pair label={say('receipt.agent')}>{evidence.agent}</Pair>}
        {evidence?.reason === undefined ? null : <Pair label={say('basis.set.reason')}>{evidence.reason}</Pair>}
        {change.evidenceErasedAt === null ? null : (
          <Pair label={say('receipt.evidence')}>
            <span data-testid="evidence-erased">
              {say('receipt.evidenceErased', { date: format.dateTime(change.evidenceErasedAt) })}
            </span>
          </Pair>
        )}
      </dl>
    </li>
  );
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
