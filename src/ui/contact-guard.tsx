import { Alert, Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ContactQuestion, GuardAnswer } from '#contract/contact.ts';
import { gdprApi } from './api.ts';
import { useFormat } from './format.ts';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

const channels = ['email', 'sms', 'phone', 'post'] as const;
const purposes = ['marketing', 'service'] as const;

/** Asks the sending guard about one person. */
export function ContactGuard({ shop, zone }: { shop: number; zone: string }) {
  const say = useText();
  const word = useWord();
  const [who, setWho] = useState('');
  const [channel, setChannel] = useState<ContactQuestion['channel']>('email');
  const [purpose, setPurpose] = useState<ContactQuestion['purpose']>('marketing');
  const ask = useMutation({
    mutationFn: async () => {
      const person = who.includes('@') ? { email: who.trim() } : { phone: who.trim() };
      return (await gdprApi.mayContact(shop, { channel, purpose, people: [person] })).answers[0];
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Section id="guard" title={say('guard.title')} help={say('guard.help')}>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={say('guard.who')}
            value={who}
            onChange={(event) => setWho(event.currentTarget.value)}
            className="grow"
            miw={200}
            maxLength={254}
            data-testid="guard-who"
          />
          <Select
            label={say('objections.channel')}
            value={channel}
            onChange={(value) => setChannel(channels.find((one) => one === value) ?? 'email')}
            data={channels.map((one) => ({ value: one, label: word('channel', one) }))}
            allowDeselect={false}
            w={150}
            data-testid="guard-channel"
          />
          <Select
            label={say('guard.purpose')}
            value={purpose}
            onChange={(value) => setPurpose(value === 'service' ? 'service' : 'marketing')}
            data={purposes.map((one) => ({ value: one, label: word('purpose', one) }))}
            allowDeselect={false}
            w={190}
            data-testid="guard-purpose"
          />
          <Button type="submit" disabled={who.trim().length < 3} loading={ask.isPending} data-testid="guard-ask">
            {say('guard.ask')}
          </Button>
        </Group>
      </form>
      {ask.isError ? (
        <Alert color="red" role="alert" mt="md">
          {errorText(say, ask.error)}
        </Alert>
      ) : null}
      {ask.data === undefined ? null : <Answer shop={shop} zone={zone} answer={ask.data} />}
    </Section>
  );
}

function Answer({ shop, zone, answer }: { shop: number; zone: string; answer: GuardAnswer }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  return (
    <Alert
      color={answer.allowed ? 'teal' : 'orange'}
      role="status"
      mt="md"
      data-testid="guard-answer"
      data-allowed={answer.allowed}
    >
      {answer.allowed ? (
        <>
          <Text size="sm" fw={600}>
            {say('guard.yes', { basis: answer.basis.name, ground: word('ground', answer.basis.ground) })}
          </Text>
          {answer.since === null ? null : (
            <Text size="sm">{say('guard.yesSince', { date: format.dateTime(answer.since) })}</Text>
          )}
          <Link
            to="/shops/$shopId/profiles/$profileId/bases/$basisId"
            params={{ shopId: String(shop), profileId: String(answer.profile), basisId: String(answer.basis.id) }}
            className="text-link"
          >
            {say('guard.proof')}
          </Link>
        </>
      ) : (
        <Text size="sm" fw={600}>
          {word('guard.no', answer.why)}
        </Text>
      )}
    </Alert>
  );
}
