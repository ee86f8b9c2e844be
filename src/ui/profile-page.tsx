import { Badge, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ProfileBasisRow, ProfilePage } from '#contract/profile.ts';
import { api, useShopQuery } from './api.ts';
import { BasisForm } from './basis-form.tsx';
import { CartsSection } from './cart-list.tsx';
import { useFormat } from './format.ts';
import { OrderTable } from './order-table.tsx';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { Section, StatusBadge } from './pieces.tsx';
import { ProfileForm } from './profile-form.tsx';
import { MergeButton, MergedProfiles } from './profile-merge.tsx';
import { ProfileRights } from './profile-rights.tsx';
import { ProfileTimeline } from './profile-timeline.tsx';
import { dotted, useText, useWord } from './text.ts';

export function ProfileScreen() {
  const say = useText();
  const params = useParams({ strict: false });
  const shop = Number(params.shopId);
  const id = Number(params.profileId);
  const profile = useShopQuery(['profile', id], shop, (one) => api.profile(one, id));
  const format = useFormat(profile.data?.zone ?? 'UTC');
  if (profile.isPending) return <Loading />;
  if (profile.isError) return <PageError error={profile.error} onRetry={() => void profile.refetch()} />;
  const page = profile.data;
  const name = [page.fields.firstname, page.fields.name].filter((part) => part !== undefined).join(' ');
  return (
    <>
      <PageTitle
        title={page.email ?? (name || say('profile.unnamed', { id: page.id }))}
        lead={[
          say('profile.since', { date: format.date(page.createdAt) }),
          say('profile.lastSeen', { date: format.dateTime(page.lastSeen) }),
        ].join(' · ')}
      >
        <MergeButton shop={shop} page={page} />
      </PageTitle>
      <MergedProfiles shop={shop} page={page} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <BasesSection shop={shop} page={page} />
          <FieldsSection shop={shop} page={page} />
        </Stack>
        <HistorySection page={page} />
      </SimpleGrid>
      <Stack mt="lg">
        <Section id="orders" title={say('profile.orders')}>
          {page.orders.length === 0 ? (
            <Text c="dimmed" size="sm">
              {say('profile.noOrders')}
            </Text>
          ) : (
            <OrderTable shop={shop} orders={page.orders} zone={page.zone} withProfile={false} />
          )}
        </Section>
        <CartsSection carts={page.carts} zone={page.zone} help={say('profile.cartsHelp')} />
        <ProfileTimeline shop={shop} page={page} />
        <ProfileRights shop={shop} page={page} />
      </Stack>
    </>
  );
}

function BasesSection({ shop, page }: { shop: number; page: ProfilePage }) {
  const say = useText();
  const format = useFormat(page.zone);
  const [changing, setChanging] = useState<number | null>(null);
  const since = (basis: ProfileBasisRow) => {
    if (basis.since !== null) return say('basis.since', { date: format.dateTime(basis.since) });
    return basis.status === 'unknown' && !page.history.some((row) => row.basis === basis.id) ? say('basis.never') : '';
  };
  const basis = page.bases.find((one) => one.id === changing);
  return (
    <Section id="bases" title={say('profile.bases')} help={say('profile.basesHelp')}>
      {page.bases.map((one) => (
        <div key={one.id} className="basis-row" data-testid="basis-row" data-basis={one.id} data-name={one.name}>
          <div className="grow">
            <Text size="sm" fw={600}>
              {one.name}
            </Text>
            <Text size="xs" c="dimmed" data-testid="basis-since">
              {dotted([say(`basis.${one.kind}`), since(one)])}
            </Text>
          </div>
          <Group gap="sm" wrap="nowrap">
            <StatusBadge status={one.status} testId="basis-status" />
            <Link
              to="/shops/$shopId/profiles/$profileId/bases/$basisId"
              params={{ shopId: String(shop), profileId: String(page.id), basisId: String(one.id) }}
              className="text-link"
              aria-label={say('basis.proofLabel', { basis: one.name })}
              data-testid="basis-proof"
            >
              {say('basis.proof')}
            </Link>
            <button
              type="button"
              className="link-button"
              onClick={() => setChanging(one.id)}
              aria-label={say('basis.setLabel', { basis: one.name })}
              data-testid="basis-set-open"
            >
              {say('basis.set')}
            </button>
          </Group>
        </div>
      ))}
      {basis === undefined ? null : (
        <BasisForm key={basis.id} shop={shop} profile={page.id} basis={basis} onClose={() => setChanging(null)} />
      )}
    </Section>
  );
}

function FieldsSection({ shop, page }: { shop: number; page: ProfilePage }) {
  const say = useText();
  const [editing, setEditing] = useState(false);
  const word = useWord();
  const format = useFormat(page.zone);
  const claimed = <span className="note"> *</span>;
  const fields = Object.entries(page.fields);
  const custom = Object.entries(page.custom);
  return (
    <Section id="fields" title={say('profile.fields')}>
      {editing ? <ProfileForm shop={shop} page={page} onClose={() => setEditing(false)} /> : null}
      <dl className="fields" data-testid="profile-fields">
        {page.email === null ? null : (
          <>
            <dt>{say('field.email')}</dt>
            <dd data-testid="profile-email">
              {page.email}
              {page.emailClaimed ? claimed : null}
            </dd>
          </>
        )}
        {page.nameStandIn === null ? null : (
          <>
            <dt>{say('field.name')}</dt>
            <dd>
              {page.nameStandIn}
              <span className="note"> ({say('profile.stoodIn')})</span>
            </dd>
          </>
        )}
        {fields.map(([field, value]) => (
          <Pair key={field} label={word('field', field)}>
            {value}
            {page.claimed.includes(field) ? claimed : null}
          </Pair>
        ))}
        {custom.map(([field, value]) => (
          <Pair key={field} label={page.customNames[field] ?? say('profile.custom', { name: field })}>
            {value}
          </Pair>
        ))}
        {page.identifiers.map((one) => (
          <Pair
            key={`${one.kind} ${one.namespace} ${one.value}`}
            label={say(one.kind === 'email' ? 'profile.identifier.email' : 'profile.identifier.external')}
          >
            {one.value}
            {one.kind !== 'email' && one.namespace !== 'default' ? (
              <span className="note"> ({one.namespace})</span>
            ) : null}
          </Pair>
        ))}
        {page.accountAt === null ? null : (
          <Pair label={say('kind.account')}>{say('profile.account', { date: format.date(page.accountAt) })}</Pair>
        )}
      </dl>
      {fields.length + custom.length + page.identifiers.length === 0 && page.email === null ? (
        <Text size="sm" c="dimmed">
          {say('profile.noFields')}
        </Text>
      ) : null}
      {page.emailClaimed || page.claimed.length > 0 ? (
        <Text size="xs" c="dimmed" mt="sm">
          {say('profile.claimed')}
        </Text>
      ) : null}
      <Button variant="default" size="xs" mt="md" onClick={() => setEditing(true)} data-testid="profile-edit">
        {say('profile.edit')}
      </Button>
      {page.tags.length === 0 ? null : (
        <Group gap={6} mt="md" aria-label={say('profile.tags')}>
          {page.tags.map((tag) => (
            <Badge key={tag} variant="default" tt="none">
              {tag}
            </Badge>
          ))}
        </Group>
      )}
    </Section>
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

function HistorySection({ page }: { page: ProfilePage }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  return (
    <Section id="history" title={say('profile.history')} help={say('profile.historyHelp')}>
      {page.history.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('profile.noHistory')}
        </Text>
      ) : (
        <ul className="timeline">
          {page.history.map((row) => (
            <li
              key={`${row.seq} ${row.n}`}
              data-testid="basis-history-row"
              data-basis={row.basis}
              data-cause={row.cause}
              data-to={row.to}
              data-why={row.why ?? undefined}
            >
              <Text size="sm" fw={600}>
                {row.name}
              </Text>
              {row.why === null ? (
                <Text size="sm">
                  {say('basis.history.entry', { from: word('status', row.from), to: word('status', row.to) })}
                </Text>
              ) : (
                <>
                  <Text size="sm">
                    {say('basis.history.refused', { asked: word('status', row.to), status: word('status', row.from) })}
                  </Text>
                  <Text size="sm" data-testid="refused-why">
                    {word('reason', row.why)}
                  </Text>
                </>
              )}
              <Text size="xs" c="dimmed">
                {dotted([
                  word('cause', row.cause),
                  row.by ?? (row.cause === 'staff' ? '' : word('source', row.source.split(':')[0] ?? row.source)),
                  format.dateTime(row.at),
                  ...(row.arrivedAt - row.at > 60_000
                    ? [say('basis.history.arrived', { date: format.dateTime(row.arrivedAt) })]
                    : []),
                ])}
              </Text>
              {row.reason === null ? null : (
                <Text size="xs" mt={2}>
                  {say('basis.history.reason', { reason: row.reason })}
                </Text>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
