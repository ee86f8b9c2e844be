import { Alert, Button, Group, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ProfileBasisRow, SettledAnswer, StaffStatus } from '#contract/profile.ts';
import { api } from './api.ts';
import { Dialog } from './dialog.tsx';
import { problemText } from './page-state.tsx';
import { StatusBadge } from './pieces.tsx';
import { useText, useWord } from './text.ts';

interface Props {
  readonly shop: number;
  readonly profile: number;
  readonly basis: ProfileBasisRow;
  readonly onClose: () => void;
}

/** Staff sets a basis: the server says beforehand what the rules allow, and afterwards what became of it. */
export function BasisForm({ shop, profile, basis, onClose }: Props) {
  const say = useText();
  const queries = useQueryClient();
  const [status, setStatus] = useState<StaffStatus | null>(null);
  const [date, setDate] = useState('');
  const [reason, setReason] = useState('');
  const offer = basis.offers.find((one) => one.status === status);
  const reasonMissing = offer?.needsReason === true && reason.trim() === '';
  const set = useMutation({
    mutationFn: (to: StaffStatus) =>
      api.setBasis(shop, profile, basis.id, { status: to, date: date || null, reason: reason.trim() || null }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['shop', shop, 'profile', profile] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (status !== null && !reasonMissing) set.mutate(status);
  };
  return (
    <Dialog onClose={onClose} title={say('basis.set.title', { basis: basis.name })} centered>
      {set.data === undefined ? (
        <form onSubmit={submit}>
          <Stack>
            <Group gap="xs">
              <Text size="sm" c="dimmed">
                {say(`basis.${basis.kind}`)}
              </Text>
              <StatusBadge status={basis.status} />
            </Group>
            <Radio.Group
              label={say('basis.set.status')}
              value={status ?? ''}
              onChange={(value) => setStatus(basis.offers.find((one) => one.status === value)?.status ?? null)}
              data-testid="basis-set-status"
            >
              <Stack gap="xs" mt="xs">
                {basis.offers.map((one) => (
                  <Radio
                    key={one.status}
                    value={one.status}
                    disabled={!one.possible}
                    label={say(`status.${one.status}`)}
                    description={one.possible ? undefined : say('basis.set.impossible')}
                    data-testid={`basis-set-${one.status}`}
                  />
                ))}
              </Stack>
            </Radio.Group>
            {basis.kind === 'legal' ? (
              <Text size="sm" c="dimmed" data-testid="basis-set-final">
                {say('basis.set.finalHelp')}
              </Text>
            ) : null}
            <TextInput
              type="date"
              max={new Date().toLocaleDateString('sv')}
              label={say('basis.set.date')}
              description={say('basis.set.dateHelp')}
              value={date}
              onChange={(event) => setDate(event.currentTarget.value)}
              data-testid="basis-set-date"
            />
            <Textarea
              label={say('basis.set.reason')}
              description={say('basis.set.reasonHelp')}
              value={reason}
              maxLength={1000}
              required={offer?.needsReason === true}
              onChange={(event) => setReason(event.currentTarget.value)}
              error={reasonMissing && status !== null ? say('basis.set.reasonNeeded') : null}
              data-testid="basis-set-reason"
            />
            {set.isError ? (
              <Alert color="red" role="alert">
                {problemText(say, set.error)}
              </Alert>
            ) : null}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {say('common.cancel')}
              </Button>
              <Button
                type="submit"
                disabled={status === null || reasonMissing}
                loading={set.isPending}
                data-testid="basis-set-submit"
              >
                {say('basis.set.submit')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Answer answer={set.data} basis={basis} />
          <Button variant="default" onClick={onClose} data-testid="basis-set-close">
            {say('common.close')}
          </Button>
        </Stack>
      )}
    </Dialog>
  );
}

/** Whether it moved, or the reason why not. */
function Answer({ answer, basis }: { answer: SettledAnswer; basis: ProfileBasisRow }) {
  const say = useText();
  const word = useWord();
  const move = answer.bases.find((one) => one.basis === basis.id);
  const moved = move !== undefined && move.from !== move.to;
  const why = [...new Set([...(move?.why === undefined ? [] : [move.why]), ...answer.reasons])];
  const sentence = answer.pending
    ? say('common.savedLater')
    : moved
      ? say('basis.set.moved', { from: word('status', move.from), to: word('status', move.to) })
      : why.length > 0
        ? say('basis.set.stayed', { status: word('status', move?.to ?? basis.status) })
        : say('basis.set.recorded');
  return (
    <Alert
      color={answer.pending ? 'yellow' : moved ? 'teal' : 'orange'}
      role="status"
      data-testid="basis-set-answer"
      data-moved={moved}
    >
      <Text size="sm" fw={600}>
        {sentence}
      </Text>
      {why.map((reason) => (
        <Text key={reason} size="sm" mt={4} data-reason={reason}>
          {word('reason', reason)}
        </Text>
      ))}
    </Alert>
  );
}
