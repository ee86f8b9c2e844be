import { Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Health } from '#contract/instance.ts';
import { useFormat } from './format.ts';
import { instanceApi } from './instance-api.ts';
import { InstanceHead } from './instance-nav.tsx';
import { Loading, PageError } from './page-state.tsx';
import { Section, tone } from './pieces.tsx';
import { useLanguage, useText, useWord } from './text.ts';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const lookEveryMs = 10_000;
/** Applying is a matter of milliseconds: what waits longer than this needs a look. */
const lagMs = 60_000;
const leastFree = 0.1;

/** How the installation fares: what is received and applied, disk, mails, jobs, alarms. */
export function InstanceHealthPage() {
  const health = useQuery({
    queryKey: ['instance', 'health'],
    queryFn: instanceApi.health,
    refetchInterval: lookEveryMs,
  });
  return (
    <>
      <InstanceHead />
      {health.isPending ? <Loading /> : null}
      {health.isError ? <PageError error={health.error} onRetry={() => void health.refetch()} /> : null}
      {health.data === undefined ? null : <Parts health={health.data} />}
    </>
  );
}

function Parts({ health }: { health: Health }) {
  const say = useText();
  const format = useFormat(zone);
  const size = useSize();
  const age = useAge();
  const { intake, disk, mail } = health;
  const { spool } = intake;
  const late = intake.oldestAt !== null && Date.now() - intake.oldestAt > lagMs;
  return (
    <Stack gap="lg" data-testid="health">
      <Part
        name="intake"
        fine={
          !late &&
          intake.parked === 0 &&
          intake.pressure < 0.5 &&
          (spool === null || spool.calls + spool.filesTooOld === 0)
        }
      >
        <Text size="sm">
          {intake.oldestAt === null
            ? say('health.intakeFine')
            : say('health.batches', { count: intake.batches, age: age(intake.oldestAt) })}
        </Text>
        {intake.parked === 0 ? null : <Text size="sm">{say('health.parked', { count: intake.parked })}</Text>}
        <Text size="sm">{say('health.pressure', { percent: Math.round(intake.pressure * 100) })}</Text>
        <Text size="sm">
          {spool === null
            ? say('health.spoolNone')
            : spool.calls === 0
              ? say('health.spoolEmpty')
              : say('health.spool', { calls: format.number(spool.calls), size: size(spool.bytes) })}
        </Text>
        {spool === null || spool.filesTooOld === 0 ? null : (
          <Text size="sm">{say('health.spoolOld', { count: spool.filesTooOld })}</Text>
        )}
      </Part>
      <Part name="storage" fine={disk === null || disk.free / disk.total >= leastFree}>
        <Text size="sm">{say('health.database', { size: size(health.databaseBytes), version: health.postgres })}</Text>
        <Text size="sm">
          {disk === null
            ? say('health.diskUnknown')
            : say('health.disk', { free: size(disk.free), total: size(disk.total) })}
        </Text>
      </Part>
      <Part name="mail" fine={mail.configured && mail.fault === null}>
        <Text size="sm">
          {!mail.configured
            ? say('health.mailNone')
            : mail.waitingSince === null
              ? say('health.mailFine')
              : say('health.mailWaiting', { count: mail.waiting, age: age(mail.waitingSince) })}
        </Text>
        {mail.fault === null ? null : <Text size="sm">{say('health.mailFault', { fault: mail.fault })}</Text>}
        <Text size="sm">
          <Link to="/instance/outbox" className="text-link">
            {say('health.mailSee')}
          </Link>
        </Text>
      </Part>
      <Part name="alarms" fine={health.alarms.length === 0}>
        {health.alarms.length === 0 ? <Text size="sm">{say('health.noAlarm')}</Text> : null}
        {health.alarms.map(({ shopId, shop, alarm, since, figure }) => (
          <Text size="sm" key={`${shopId} ${alarm}`}>
            <Link to="/shops/$shopId" params={{ shopId: String(shopId) }}>
              {say(`health.alarm.${alarm}`, { shop, figure })}
            </Link>{' '}
            · {format.dateTime(since)}
          </Text>
        ))}
      </Part>
      <Part name="jobs" fine={health.jobs.length > 0 && health.jobs.every(({ fault }) => fault === null)}>
        {health.jobs.length === 0 ? <Text size="sm">{say('health.jobsNone')}</Text> : null}
        {health.jobs.map((job) => (
          <JobLine key={job.name} job={job} />
        ))}
      </Part>
      <Text size="sm" c="dimmed">
        {say('health.process', { date: format.dateTime(health.startedAt), node: health.node })}
      </Text>
    </Stack>
  );
}

function Part({
  name,
  fine,
  children,
}: {
  name: 'intake' | 'storage' | 'mail' | 'alarms' | 'jobs';
  fine: boolean;
  children: ReactNode;
}) {
  const say = useText();
  return (
    <Section id={name} title={say(`health.${name}`)}>
      <Badge {...tone(fine ? 'teal' : 'orange')} tt="none" mb="xs" data-testid={`health-${name}`} data-fine={fine}>
        {say(fine ? 'health.fine' : 'health.look')}
      </Badge>
      {children}
    </Section>
  );
}

function JobLine({ job }: { job: Health['jobs'][number] }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const locale = useLanguage() === 'fr' ? 'fr-FR' : 'en-GB';
  const took = (ms: number) => {
    const [value, unit] = ms < 1_000 ? [ms, 'millisecond'] : [ms / 1_000, 'second'];
    return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: ms < 1_000 ? 0 : 1 }).format(
      value,
    );
  };
  return (
    <Group className="basis-row" justify="space-between" gap="xs" data-testid="health-job" data-name={job.name}>
      <Text size="sm" fw={600}>
        {word('job', job.name)}
      </Text>
      <Text size="sm" c={job.fault === null ? 'dimmed' : 'red'}>
        {job.fault === null
          ? say('health.job', { at: format.dateTime(job.startedAt), took: took(job.tookMs) })
          : say('health.jobFailed', { fault: job.fault })}
        {job.fault === null && job.failedAt !== null
          ? ` · ${say('health.jobFailedOnce', { at: format.dateTime(job.failedAt) })}`
          : ''}
      </Text>
    </Group>
  );
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

function useSize(): (bytes: number) => string {
  const locale = useLanguage() === 'fr' ? 'fr-FR' : 'en-GB';
  return (bytes) => {
    const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
    return new Intl.NumberFormat(locale, { style: 'unit', unit: units[step], maximumFractionDigits: 1 }).format(
      bytes / 1000 ** step,
    );
  };
}

/** How long ago, in the largest unit there is a whole one of. */
function useAge(): (since: number) => string {
  const locale = useLanguage() === 'fr' ? 'fr-FR' : 'en-GB';
  return (since) => {
    const seconds = Math.max(0, (Date.now() - since) / 1000);
    const [amount, unit] =
      seconds < 60
        ? [seconds, 'second']
        : seconds < 3_600
          ? [seconds / 60, 'minute']
          : seconds < 86_400
            ? [seconds / 3_600, 'hour']
            : [seconds / 86_400, 'day'];
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.floor(amount));
  };
}
