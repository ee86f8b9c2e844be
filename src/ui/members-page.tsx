import { Badge, Button, Group, Paper, Radio, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { MemberList } from '#contract/members.ts';
import { isRole, type Role, roles } from '#contract/permissions.ts';
import { useMe, useShopQuery } from './api.ts';
import { Dialog } from './dialog.tsx';
import { useFormat } from './format.ts';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { memberApi } from './people-api.ts';
import { Section, tone } from './pieces.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { type Language, languages, useLanguage, useText } from './text.ts';
import { useAct } from './use-act.ts';

type Member = MemberList['members'][number];
type Invited = MemberList['invitations'][number];

/** The people of a shop: their roles, and who is invited. */
export function MembersPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useShopQuery(['members'], shop, memberApi.list);
  const [inviting, setInviting] = useState(false);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  const { members, invitations } = list.data;
  return (
    <>
      <PageTitle title={say('members.title')} lead={say('members.lead')}>
        <Button onClick={() => setInviting(true)} data-testid="member-invite">
          {say('members.invite')}
        </Button>
      </PageTitle>
      <Stack gap="lg">
        <Section id="members" title={say('members.list')}>
          <Stack gap="sm">
            {members.map((member) => (
              <MemberRow key={member.userId} shop={shop} member={member} />
            ))}
          </Stack>
        </Section>
        <Section id="invitations" title={say('members.invitations')} help={say('members.invitationsHelp')}>
          {invitations.length === 0 ? (
            <Text size="sm" c="dimmed">
              {say('members.noInvitation')}
            </Text>
          ) : null}
          <Stack gap="sm">
            {invitations.map((invited) => (
              <InvitedRow key={invited.id} shop={shop} invited={invited} />
            ))}
          </Stack>
        </Section>
      </Stack>
      {inviting ? <InviteDialog shop={shop} onClose={() => setInviting(false)} /> : null}
    </>
  );
}

function MemberRow({ shop, member }: { shop: number; member: Member }) {
  const say = useText();
  const me = useMe().data;
  const navigate = useNavigate();
  const format = useFormat(me?.shops.find(({ id }) => id === shop)?.zone ?? 'UTC');
  const [sure, setSure] = useState(false);
  const { userId, name, email, role } = member;
  const own = me?.user.id === userId;
  // One's own role changes what the whole screen may show.
  const touches = own ? ['me'] : ['shop', shop, 'members'];
  const change = useAct((to: Role) => memberApi.changeRole(shop, userId, to), {
    told: (to) => say('members.roleSaved', { name, role: say(`role.${to}`) }),
    touches,
  });
  const remove = useAct(() => memberApi.remove(shop, userId), {
    told: () => say('members.removed', { name }),
    touches,
    onDone: () => {
      setSure(false);
      if (own) void navigate({ to: '/shops' });
    },
  });
  return (
    <Paper withBorder p="sm" data-testid="member" data-email={email} data-role={role}>
      <Group justify="space-between" gap="sm">
        <div className="grow">
          <Group gap="xs">
            <Text fw={600}>{name}</Text>
            {own ? (
              <Badge {...tone()} tt="none">
                {say('members.you')}
              </Badge>
            ) : null}
            {member.secondFactor ? (
              <Badge {...tone('teal')} tt="none">
                {say('members.twoSteps')}
              </Badge>
            ) : null}
          </Group>
          {name === email ? null : (
            <Text size="sm" className="breaks">
              {email}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            {say('members.since', { date: format.date(member.since) })} ·{' '}
            {member.seenAt === null
              ? say('members.neverSeen')
              : say('members.seen', { date: format.date(member.seenAt) })}
          </Text>
        </div>
        <Group gap="xs">
          <Select
            aria-label={say('members.roleOf', { name })}
            data={roles.map((value) => ({ value, label: say(`role.${value}`) }))}
            value={role}
            allowDeselect={false}
            disabled={change.isPending}
            onChange={(value) => value !== null && isRole(value) && value !== role && change.mutate(value)}
            w={230}
            data-testid="member-role"
          />
          <Button
            variant="default"
            onClick={() => setSure(true)}
            aria-label={say('members.removeOf', { name })}
            data-testid="member-remove"
          >
            {say('members.remove')}
          </Button>
        </Group>
      </Group>
      {sure ? (
        <SureDialog
          title={say('members.removeOf', { name })}
          action={say('members.remove')}
          busy={remove.isPending}
          onSure={() => remove.mutate(undefined)}
          onClose={() => setSure(false)}
        >
          {own ? say('members.leaveSure') : say('members.removeSure', { name })}
        </SureDialog>
      ) : null}
    </Paper>
  );
}

function InvitedRow({ shop, invited }: { shop: number; invited: Invited }) {
  const say = useText();
  const format = useFormat(useMe().data?.shops.find(({ id }) => id === shop)?.zone ?? 'UTC');
  const { id, email, role, invitedBy, sentAt, until, mail } = invited;
  const touches = ['shop', shop, 'members'];
  const resend = useAct(() => memberApi.resend(shop, id), { told: () => say('members.resent', { email }), touches });
  const withdraw = useAct(() => memberApi.withdraw(shop, id), { told: () => say('members.withdrawn'), touches });
  const date = format.date(sentAt);
  const failed = mail?.state === 'refused' || mail?.state === 'given_up';
  return (
    <Paper withBorder p="sm" data-testid="invited" data-email={email} data-mail={mail?.state}>
      <Group justify="space-between" gap="sm">
        <div className="grow">
          <Group gap="xs">
            <Text fw={600} className="breaks">
              {email}
            </Text>
            <Badge {...tone()} tt="none">
              {say(`role.${role}`)}
            </Badge>
            {mail === null || failed ? null : (
              <Badge {...tone(mail.state === 'sent' ? 'teal' : 'gray')} tt="none">
                {say(`members.mail.${mail.state}`)}
              </Badge>
            )}
          </Group>
          {failed ? (
            <Text size="sm" c="red" role="status">
              {say(`members.mail.${mail.state}`, { fault: mail.fault ?? '' })}
            </Text>
          ) : null}
          <Text size="xs" c="dimmed">
            {invitedBy === null
              ? say('members.invitedOn', { date })
              : say('members.invitedBy', { date, name: invitedBy })}{' '}
            · {say(until > Date.now() ? 'members.until' : 'members.over', { date: format.date(until) })}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            loading={resend.isPending}
            onClick={() => resend.mutate(undefined)}
            aria-label={say('members.resendOf', { email })}
            data-testid="invited-resend"
          >
            {say('members.resend')}
          </Button>
          <Button
            variant="default"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate(undefined)}
            aria-label={say('members.withdrawOf', { email })}
            data-testid="invited-withdraw"
          >
            {say('members.withdraw')}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

function InviteDialog({ shop, onClose }: { shop: number; onClose: () => void }) {
  const say = useText();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('user');
  const [lang, setLang] = useState<Language>(useLanguage());
  const send = useAct(() => memberApi.invite(shop, { email: email.trim(), role, lang }), {
    told: () => say('members.sent', { email: email.trim() }),
    touches: ['shop', shop, 'members'],
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(undefined);
  };
  return (
    <Dialog onClose={onClose} title={<Title order={2}>{say('members.inviteTitle')}</Title>}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={say('members.email')}
            type="email"
            required
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            data-autofocus
            data-testid="invite-email"
          />
          <Radio.Group label={say('members.role')} value={role} onChange={(value) => isRole(value) && setRole(value)}>
            <Stack gap="xs" mt={6}>
              {roles.map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={say(`role.${one}`)}
                  description={say(`roleHelp.${one}`)}
                  data-testid={`invite-role-${one}`}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Select
            label={say('members.lang')}
            data={languages.map((value) => ({ value, label: say(`language.${value}`) }))}
            value={lang}
            allowDeselect={false}
            onChange={(value) => setLang(value === 'en' ? 'en' : 'fr')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button type="submit" loading={send.isPending} data-testid="invite-send">
              {say('members.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
