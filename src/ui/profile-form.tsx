/** Staff correct a profile: fields, tags and custom fields; only what they changed is sent. */
import { Button, Group, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { AmendProfileBody, ProfilePage } from '#contract/profile.ts';
import { api } from './api.ts';
import { CustomFieldInput } from './custom-field-input.tsx';
import { Dialog } from './dialog.tsx';
import { useSettled } from './settled-notice.ts';
import { useText, useWord } from './text.ts';

const editable = [
  'firstname',
  'name',
  'company',
  'job',
  'phone',
  'mobile',
  'address',
  'address2',
  'address3',
  'zip',
  'city',
  'country',
  'birthday',
  'gender',
  'lang',
] as const;

type Typed = Readonly<Record<string, string>>;

export function ProfileForm({ shop, page, onClose }: { shop: number; page: ProfilePage; onClose(): void }) {
  const say = useText();
  const word = useWord();
  const amend = useSettled(shop, (body: AmendProfileBody) => api.amendProfile(shop, page.id, body));
  const [email, setEmail] = useState(page.email ?? '');
  const [fields, setFields] = useState<Typed>(page.fields);
  const [custom, setCustom] = useState<Typed>(page.custom);
  const [tags, setTags] = useState<string[]>(page.tags);
  const body = bodyOf(page, { email: email.trim(), fields, custom, tags });
  const badEmail = body.email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(body.email);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!badEmail) amend.mutate(body, { onSuccess: onClose });
  };
  const customIds = [...new Set([...Object.keys(page.customNames), ...Object.keys(page.custom)])].filter((id) =>
    /^\d+$/.test(id),
  );
  return (
    <Dialog onClose={onClose} size="lg" title={say('profile.edit')}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={say('field.email')}
            description={say('profile.editEmailHelp')}
            type="email"
            value={email}
            error={badEmail ? say('error.invalid') : undefined}
            onChange={(event) => setEmail(event.currentTarget.value)}
            data-testid="profile-form-email"
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            {editable.map((field) => (
              <TextInput
                key={field}
                label={word('field', field)}
                value={fields[field] ?? ''}
                maxLength={1000}
                onChange={(event) => setFields({ ...fields, [field]: event.currentTarget.value })}
                data-testid={`profile-form-${field}`}
              />
            ))}
            {customIds.map((id) => (
              <CustomFieldInput
                key={id}
                label={page.customNames[id] ?? say('profile.custom', { name: id })}
                field={page.customFields.find((one) => String(one.id) === id)}
                value={custom[id] ?? ''}
                onChange={(value) => setCustom({ ...custom, [id]: value })}
              />
            ))}
          </SimpleGrid>
          <TagsInput label={say('profile.tags')} value={tags} onChange={setTags} maxTags={100} />
          <Text size="xs" c="dimmed">
            {say('profile.editHelp')}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button
              type="submit"
              disabled={Object.keys(body).length === 0 || badEmail}
              loading={amend.isPending}
              data-testid="profile-form-save"
            >
              {say('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What differs from the page: an emptied field is erased, an emptied address or custom field stays as it was. */
function bodyOf(
  page: ProfilePage,
  now: { readonly email: string; readonly fields: Typed; readonly custom: Typed; readonly tags: readonly string[] },
): AmendProfileBody {
  const fields: Record<string, string | null> = {};
  for (const field of editable) {
    const value = (now.fields[field] ?? '').trim();
    if (value !== (page.fields[field] ?? '')) fields[field] = value === '' ? null : value;
  }
  const custom: Record<string, string> = {};
  for (const [id, value] of Object.entries(now.custom))
    if (value.trim() !== '' && value.trim() !== page.custom[id]) custom[id] = value.trim();
  const addTags = now.tags.filter((tag) => !page.tags.includes(tag));
  const delTags = page.tags.filter((tag) => !now.tags.includes(tag));
  return {
    ...(now.email === '' || now.email === page.email ? {} : { email: now.email }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(Object.keys(custom).length === 0 ? {} : { custom }),
    ...(addTags.length === 0 ? {} : { addTags }),
    ...(delTags.length === 0 ? {} : { delTags }),
  };
}
